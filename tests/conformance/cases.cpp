#include "cases.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <set>

#include "base/limits.h"
#include "manual/manual.h"

namespace bfq::conformance {
namespace {
using at::Command;
using at::Kind;
using at::Param;
using at::Shape;
using Must = Case::Must;

std::string quoted(const std::string& s) { return '"' + s + '"'; }
std::string text_of(std::int32_t n) {
  return quoted(std::string(static_cast<std::size_t>(n), 'x'));
}

/// A text of that many bytes that suits what the argument is for.
std::string text_for(const at::Param& p, std::int32_t n) {
  const auto beginning = [&]() -> std::string {
    if (p.name == "url" && n >= 8) return n > 8 ? "http://x/" : "http://x";
    return p.name.starts_with("http_req_header") && n >= 2 ? "x:" : "";
  }();
  return quoted(beginning + std::string(static_cast<std::size_t>(n) - beginning.size(), 'x'));
}

/// A name of that many bytes; one label has at most 63 of them.
std::string host_of(std::int32_t n) {
  std::string name(static_cast<std::size_t>(n), 'x');
  if (name.size() > 63) name[31] = '.';
  return '"' + name + '"';
}

bool contains(std::string_view s, std::string_view part) {
  return s.find(part) != std::string_view::npos;
}

/// As they are typed: a backslash is doubled, and one that is not escapes what follows.
std::vector<std::string> no_hosts() {
  using namespace std::string_literals;
  return {"",
          ".",
          "..",
          ".x",
          "x..",
          "a..b",
          "a b",
          "127.0.0.1\0.good.test"s,
          "b\\\\ad.test",
          "a\\,b",
          "a/b",
          "a:80",
          "[::1]",
          "b\xc3\xbc"
          "cher.test",
          "a\tb",
          "a\x7f"
          "b",
          "1",
          "1.2.3",
          "1.2.3.256",
          "1.2.3.4.",
          "1.2.3.4.5",
          "010.0.0.1",
          "0177.0.0.1",
          "0x7f.0.0.1",
          "0x7f000001",
          std::string(64, 'x') + ".test"};
}

/// An address that suits what the argument is for.
std::string good_address(const Param& p) {
  if (contains(p.name, "mask")) return "\"255.255.255.0\"";
  if (contains(p.name, "start")) return "\"192.168.4.2\"";
  if (contains(p.name, "end")) return "\"192.168.4.3\"";
  if (contains(p.name, "gateway")) return "\"192.168.4.254\"";
  if (contains(p.name, "IP2")) return "\"192.168.4.10\"";  // name servers differ
  if (contains(p.name, "IP3")) return "\"192.168.4.11\"";
  if (contains(p.name, "local IP")) return "\"0.0.0.0\"";  // whichever it is
  return "\"192.168.4.9\"";
}

/// What the syntax stands for, with and without each thing in brackets.
std::vector<std::string> expanded(const std::string& syntax) {
  const std::size_t open = syntax.find('[');
  if (open == std::string::npos) return {syntax};
  std::size_t close = open + 1;
  for (int depth = 1; depth > 0; ++close)
    depth += syntax[close] == '[' ? 1 : syntax[close] == ']' ? -1 : 0;
  const std::string before = syntax.substr(0, open), behind = syntax.substr(close);
  std::vector<std::string> all = expanded(before + behind);
  for (const std::string& with :
       expanded(before + syntax.substr(open + 1, close - open - 2) + behind))
    all.push_back(with);
  return all;
}

/// Builds the cases of one shape of a set form.
class Builder {
 public:
  using Numbers = at::SwitchPoints::Numbers;

  Builder(const Command& command, const Shape& shape, ShapeCases& out,
          Numbers numbers = Numbers::decimal)
      : command_(command),
        shape_(shape),
        params_(shape.params),
        out_(out.cases),
        takes_hexadecimal_(numbers == Numbers::also_hexadecimal) {
    out.good = line_with(params_.size(), "");
    for (const std::string& line : expanded(manual::syntax(command, shape)))
      out.by_syntax.push_back(filled_in(line));
    for (std::size_t i = 0; i < params_.size() && !command.digit_follows; ++i)
      out.beginnings.push_back(line_until(i));
  }

  void add() {
    accept(line_with(params_.size(), ""), "all arguments at their least");
    for (std::size_t i = 0; i < params_.size(); ++i) {
      add_absence(i);
      add_wrong_kinds(i);
      add_bounds(i);
    }
    if (command_.digit_follows) return;
    refuse(line_with(params_.size(), "") + ",1", "one argument too many");
    refuse(line_with(params_.size(), "") + ",", "an empty argument too many");
    if (params_.empty() || params_.back().kind != Kind::ignored)
      refuse(line_with(params_.size(), "") + " ", "a space at the end");
  }

  /// The whole line, every argument good but the one at `index`.
  std::string line_with(std::size_t index, const std::string& value) const {
    std::string line = "AT" + std::string(command_.name) + (command_.digit_follows ? "" : "=");
    for (std::size_t i = 0; i < params_.size(); ++i)
      line += (i > 0 ? "," : "") + (i == index ? value : good(params_[i]));
    return line;
  }

 private:
  std::string good(const Param& p) const {
    switch (p.kind) {
      case Kind::integer:  // two pins of one command differ
        return std::to_string(p.range.min + (p.name == "awake GPIO" ? 1 : 0));
      case Kind::text: return text_for(p, p.range.min);
      case Kind::host: return host_of(p.range.min);
      case Kind::ignored: return "0";
      case Kind::mac: return "\"02:00:00:00:00:01\"";
      case Kind::ipv4: return good_address(p);
      case Kind::choice:
        return quoted(contains(shape_.applies.view(), "UDP") ? "UDP"
                                                             : std::string(p.choices.front()));
    }
    return {};
  }

  /// The line that ends in front of the argument at `index`.
  std::string line_until(std::size_t index) const {
    std::string line = "AT" + std::string(command_.name) + '=';
    for (std::size_t i = 0; i < index; ++i) line += (i > 0 ? "," : "") + good(params_[i]);
    return line;
  }

  /// With a good argument for each name.
  std::string filled_in(std::string line) const {
    for (const Param& p : params_) {
      const std::string name = "<" + std::string(p.name) + ">";
      if (const std::size_t at = line.find(name); at != std::string::npos)
        line.replace(at, name.size(), good(p));
    }
    return line;
  }

  /// How many bytes of it a line may have.
  std::int32_t room_for_text(std::size_t i) const {
    return static_cast<std::int32_t>(limits::kLine - line_with(i, "\"\"").size());
  }

  void add_absence(std::size_t i) {
    if (command_.digit_follows) return;
    const bool last = i + 1 == params_.size();
    const bool has_company = params_[i].with_previous || (!last && params_[i + 1].with_previous);
    if (!params_[i].optional) {
      refuse(line_with(i, ""), "required, but empty");
    } else if (has_company) {
      refuse(line_with(i, ""), "left empty without what it comes with");
    } else {
      accept(line_with(i, ""), "optional and left empty");
    }
    if (params_[i].empty_is_none) accept(line_with(i, "\"\""), "optional and empty");
  }

  void add_wrong_kinds(std::size_t i) {
    refuse_silently(line_with(i, "\"unterminated"), "a quotation mark is missing");
    if (params_[i].kind == Kind::ignored) return;
    if (params_[i].kind == Kind::integer) {
      for (const char* wrong : {"x", "-", "1x", "0x", "0xg", "1.0", "+", "+-1", "1 "})
        refuse(line_with(i, wrong), "not a number");
      add_other_numbers(i);
      for (const char* wrong : {"00000000000", "99999999999999999999"})
        refuse_silently(line_with(i, wrong), "too many digits for a number");
      if (params_[i].range.max <= 999'999'999)
        refuse_silently(line_with(i, "0000000000"), "too many digits for a number");
      if (!command_.digit_follows)
        refuse(line_with(i, quoted(good(params_[i]))), "a number in quotation marks");
    } else {
      refuse(line_with(i, "unquoted"), "quotation marks are missing");
      refuse_silently(line_with(i, good(params_[i]) + "x"), "something behind the quotation mark");
      refuse_silently(line_with(i, good(params_[i]) + " "), "a space behind the quotation mark");
      refuse(line_with(i, "7"), "a number where a text belongs");
    }
  }

  void add_other_numbers(std::size_t i) {
    if (command_.digit_follows) return;
    char hexadecimal[12];
    std::snprintf(hexadecimal, sizeof hexadecimal, "0x%X",
                  static_cast<unsigned>(params_[i].range.max));
    const std::string positive = "+" + std::to_string(params_[i].range.max);
    for (const std::string& number : {std::string(hexadecimal), positive})
      takes_hexadecimal_ ? accept(line_with(i, number), "a number of this dialect")
                         : refuse(line_with(i, number), "no decimal number");
  }

  void add_bounds(std::size_t i) {
    const Param& p = params_[i];
    const std::int64_t min = p.range.min, max = p.range.max;
    switch (p.kind) {
      case Kind::integer:
        accept(line_with(i, std::to_string(max)), "the largest");
        refuse(line_with(i, std::to_string(min - 1)), "less than the smallest");
        refuse(line_with(i, std::to_string(max + 1)), "more than the largest");
        break;
      case Kind::text: {
        const std::int32_t longest = std::min(p.range.max, room_for_text(i));
        accept(line_with(i, text_for(p, longest)), "the longest");
        refuse(line_with(i, text_for(p, longest + 1)), "longer than the longest");
        if (min > 0) refuse(line_with(i, text_of(p.range.min - 1)), "shorter than the shortest");
        break;
      }
      case Kind::host:
        accept(line_with(i, host_of(p.range.max)), "the longest");
        refuse(line_with(i, host_of(p.range.max + 1)), "longer than the longest");
        for (const char* right : {"x.", "a-b.c_d", "xn--bcher-kva.test", "1.test", "192.0.2.7"})
          accept(line_with(i, quoted(right)), "a host");
        for (const std::string& wrong : no_hosts())
          refuse(line_with(i, quoted(wrong)), "names no host");
        break;
      case Kind::mac:
        accept(line_with(i, "\"0A:bC:ff:00:9f:F9\""), "either case");
        for (const char* wrong : {"02:00:00:00:00", "02:00:00:00:00:0g", "02-00-00-00-00-01",
                                  "2:0:0:0:0:1", "02:00:00:00:00:01:02", "02:00:00:00:00:01 "})
          refuse(line_with(i, quoted(wrong)), "not a MAC address");
        if (!p.empty_is_none) refuse(line_with(i, "\"\""), "not a MAC address");
        break;
      case Kind::ipv4:
        for (const char* wrong :
             {"1.2.3", "1.2.3.256", "1.2.3.4.5", "a.b.c.d", "1.2.3.", " 1.2.3.4", "010.0.0.1", ""})
          refuse(line_with(i, quoted(wrong)), "not an address");
        break;
      case Kind::ignored:
        for (const char* any : {"", "0", "1", "65536", "-1", "x", "99999999999", "\"80\""})
          accept(line_with(i, any), "not looked at");
        break;
      case Kind::choice:
        for (const char* wrong : {"", "nonsense", "tcp"})
          refuse(line_with(i, quoted(wrong)), "not a choice");
        break;
    }
  }

  void refuse(const std::string& line, const char* why) {
    out_.push_back({Must::be_refused, line, why});
  }
  void refuse_silently(const std::string& line, const char* why) {
    out_.push_back({Must::be_refused_silently, line, why});
  }
  void accept(const std::string& line, const char* why) {
    out_.push_back({Must::be_accepted, line, why});
  }

  const Command& command_;
  const Shape& shape_;
  std::span<const Param> params_;
  std::vector<Case>& out_;
  bool takes_hexadecimal_;
};

/// What one way to write the set form takes, another need not refuse.
void forget_refusals_of_what_is_taken(std::vector<ShapeCases>& shapes) {
  std::set<std::string> taken;
  for (const ShapeCases& shape : shapes) {
    taken.insert(shape.by_syntax.begin(), shape.by_syntax.end());
    for (const Case& c : shape.cases)
      if (c.must == Must::be_accepted) taken.insert(c.line);
  }
  for (ShapeCases& shape : shapes)
    std::erase_if(shape.cases, [&](const Case& c) {
      return c.must == Must::be_refused && taken.contains(c.line);
    });
}

void add_form(std::vector<Case>& out, bool exists, const std::string& line, const char* why) {
  out.push_back({exists ? Must::be_accepted : Must::be_refused_silently, line, why});
}
}  // namespace

std::vector<Case> form_cases_of(const Command& command) {
  std::vector<Case> out;
  const std::string head = "AT" + std::string(command.name);
  add_form(out, static_cast<bool>(command.query), head + "?", "query form");
  const bool always_fails = command.execute.result.view() == "{error}";
  if (always_fails)
    out.push_back({Must::be_refused, head, "an execute form that never ends in OK"});
  else
    add_form(out, static_cast<bool>(command.execute), head, "execute form");
  add_form(out, command.test != at::TestForm::absent, head + "=?", "test form");
  add_form(out, false, head + "??", "no form at all");
  if (!command.digit_follows) add_form(out, false, head + "1", "a digit behind the name");
  if (!command.set || command.digit_follows) add_form(out, false, head + "=1", "set form");
  return out;
}

std::vector<ShapeCases> shape_cases_of(const Command& command, at::SwitchPoints::Numbers numbers) {
  std::vector<ShapeCases> out;
  for (const Shape& shape : command.set.shapes())
    Builder(command, shape, out.emplace_back(), numbers).add();
  forget_refusals_of_what_is_taken(out);
  return out;
}

std::string line_with(const Command& command, const Shape& shape, std::size_t index,
                      const std::string& value) {
  ShapeCases unused;
  return Builder(command, shape, unused).line_with(index, value);
}

std::string expected_ranges(const Command& command) {
  std::string all = std::string(command.name) + ':';
  for (const Param& p : command.set.shapes().front().params)
    all += (all.back() == ')' ? "," : "") + ("(" + std::to_string(p.range.min)) + "-" +
           std::to_string(p.range.max) + ")";
  return all + "\r\n\r\nOK\r\n";
}

}  // namespace bfq::conformance
