// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/sieve.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>

#include "app/search/text_search.h"

namespace weir::app {

namespace {

/// Shorter texts stand everywhere, and looking for them costs more than it saves.
constexpr std::size_t kShortestText = 3;

enum class Escapes { kNone, kJson };

class TextSieve final : public RecordSieve {
public:
    TextSieve(std::string_view text, Escapes escapes) : m_text(text), m_escapes(escapes) {}

    [[nodiscard]] std::size_t find(ByteView records, std::size_t from) const override {
        const std::size_t found = m_text.find(records, from);
        if (m_escapes == Escapes::kNone) {
            return found;
        }
        const std::size_t end = std::min(found, records.size());
        const void* const escape = from < end ? std::memchr(records.data() + from, '\\', end - from) : nullptr;
        return escape == nullptr ? found
                                 : static_cast<std::size_t>(static_cast<const std::byte*>(escape) - records.data());
    }

private:
    TextSearch m_text;
    Escapes m_escapes;
};

class PatternSieve final : public RecordSieve {
public:
    explicit PatternSieve(std::shared_ptr<const RE2> pattern) : m_pattern(std::move(pattern)) {}

    [[nodiscard]] std::size_t find(ByteView records, std::size_t from) const override {
        if (from >= records.size()) {
            return kNowhere;
        }
        const std::string_view text = asText(records.subspan(from));
        const re2::StringPiece all(text.data(), text.size());
        // Whether there is a match at all costs half of where it stands, and mostly there is none.
        re2::StringPiece place;
        if (!RE2::PartialMatch(all, *m_pattern) || !m_pattern->Match(all, 0, all.size(), RE2::UNANCHORED, &place, 1)) {
            return kNowhere;
        }
        return from + static_cast<std::size_t>(place.data() - text.data());
    }

private:
    std::shared_ptr<const RE2> m_pattern;
};

bool isWhole(const filter::Node& node) {
    return (node.op == Op::kValue || node.op == Op::kKey) && node.slot < 0;
}

bool isField(const filter::Node& node) {
    return (node.op == Op::kValue || node.op == Op::kKey) && node.slot >= 0;
}

// What asks for the border of a text or a word means another border in a batch; a match of nothing is everywhere.
bool standsAnywhere(const std::shared_ptr<const RE2>& pattern) {
    const std::string& text = pattern->pattern();
    bool isClass = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '$' || (text[i] == '^' && !isClass)) {
            return false;
        }
        isClass = text[i] == '[';
        if (text[i] == '\\' && ++i < text.size() && std::strchr("bBAzZC", text[i]) != nullptr) {
            return false;
        }
    }
    // An inverted class could swallow the lengths between two records, which only lets too much through.
    return !RE2::PartialMatch("", *pattern);
}

struct Need {
    std::string_view text;
    Escapes escapes = Escapes::kNone;
    std::shared_ptr<const RE2> pattern;
};

void keepBetter(Need& best, Need other) {
    if (other.text.size() >= kShortestText && other.text.size() > best.text.size()) {
        best = std::move(other);
    } else if (best.text.empty() && best.pattern == nullptr && other.pattern != nullptr) {
        best = std::move(other);
    }
}

void collect(const filter::Node& node, Need& best) {
    if (node.op == Op::kAnd) {
        for (const filter::Node& child : node.children) {
            collect(child, best);
        }
        return;
    }
    if (node.children.size() != 2) {
        return;
    }
    const filter::Node& left = node.children[0];
    const filter::Node& right = node.children[1];
    const bool isPlace = isWhole(left) || isField(left) || left.op == Op::kHeader;
    if (node.op == Op::kMatches) {
        if ((isWhole(left) || left.op == Op::kHeader) && node.regex != nullptr && standsAnywhere(node.regex)) {
            keepBetter(best, {{}, Escapes::kNone, node.regex});
        }
        return;
    }
    const bool isTextTest = node.op == Op::kContains || node.op == Op::kStartsWith || node.op == Op::kEndsWith;
    if (!isPlace || (!isTextTest && node.op != Op::kEqual) || right.op != Op::kLiteral ||
        right.literal.kind != Literal::Kind::kText) {
        return;
    }
    // A number equals others that are written otherwise, and bytes that are a number are text nowhere.
    const std::string& text = right.literal.text;
    if (json::parseNumber(text) ||
        std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; })) {
        return;
    }
    keepBetter(best, {text, isField(left) ? Escapes::kJson : Escapes::kNone, nullptr});
}

}  // namespace

std::unique_ptr<const RecordSieve> makeTextSieve(std::string_view text) {
    return std::make_unique<TextSieve>(text, Escapes::kNone);
}

std::unique_ptr<const RecordSieve> makeFilterSieve(const filter::Node& root) {
    Need best;
    collect(root, best);
    if (!best.text.empty()) {
        return std::make_unique<TextSieve>(best.text, best.escapes);
    }
    return best.pattern != nullptr ? std::make_unique<PatternSieve>(best.pattern) : nullptr;
}

}  // namespace weir::app
