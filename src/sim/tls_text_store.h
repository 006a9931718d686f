#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "ports/network.h"

namespace bfq::sim {

/// The texts that a network keeps for TLS links, as net::AddTlsText hands them over: none at first.
class TlsTextStore {
 public:
  using Texts = std::vector<std::string>;

  void add(const net::AddTlsText& asked) {
    for (std::size_t link = 0; link < texts_.size(); ++link) {
      if ((asked.links >> link & 1U) == 0) continue;
      Texts& texts = texts_[link][static_cast<std::size_t>(asked.what)];
      if (asked.is_new) texts.clear();
      if (!asked.text.empty() && texts.size() < net::TlsTexts::kMost)
        texts.emplace_back(asked.text.view());
    }
  }
  net::TlsTexts recall(const net::RecallTlsTexts& asked) const {
    net::TlsTexts told{.ticket = asked.ticket};
    const auto places = told.all();
    const Texts texts = of(asked.link, asked.what);
    for (std::size_t i = 0; i < texts.size(); ++i) *places[i] = Text<64>(texts[i]);
    return told;
  }
  /// Of that link number; none where there is no such number.
  Texts of(std::uint8_t link, net::TlsText what) const {
    return link < texts_.size() ? texts_[link][static_cast<std::size_t>(what)] : Texts();
  }
  void clear() { texts_ = {}; }

 private:
  static constexpr std::size_t kKinds = static_cast<std::size_t>(net::TlsText::last) + 1;

  std::array<std::array<Texts, kKinds>, net::kBrokerLink + 1> texts_{};
};
}  // namespace bfq::sim
