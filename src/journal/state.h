#pragma once
#include "base/described.h"
#include "journal/format.h"
#include "module/module.h"

/// The whole state of a module, as a journal begins with it: each member of each class that has a
/// part in it, as its description (base/described.h) says. It depends on no addresses and no
/// layout, so another build with the same commands and the same members reads it too.
namespace bfq::journal {

void write_state(Writer& out, const Module& module);

/// Makes a new module of the same identity and dialect the one that was written. Every size, index
/// and enum is checked, and what must hold between them. Unreadable where something does not fit,
/// or where `in` was written by a build whose modules are made of other members.
void read_state(Reader in, Module& module);
}  // namespace bfq::journal
