#pragma once

namespace bfq::serial {

/// Tells without a system call whether a descriptor may have become readable since it was asked
/// last, by the signal (SIGIO) that the kernel sends then.
///
/// A signal is handled before the system call under way returns. So whoever has read bytes that
/// were written after the descriptor became readable is told that it did.
class ReadySignal {
 public:
  /// From now on, for the calling thread: that of the event loop. Throws process::Failure.
  void watch(int descriptor);
  /// True also when another descriptor that is watched has become readable.
  bool changed();

 private:
  unsigned seen_ = 0;
};
}  // namespace bfq::serial
