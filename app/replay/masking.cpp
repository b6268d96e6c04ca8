// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/replay/masking.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "app/serdes/json_text.h"

namespace weir::app {

namespace {

constexpr std::string_view kBlanked = "***";
/// Deeper documents are not masked and so not sent.
constexpr int kMostDepth = 200;

/// A path with each step that is a lone star as the name that paths can be parsed with: a.*.b becomes a["*"].b.
std::string withQuotedStars(std::string_view path) {
    std::string quoted;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const bool begins = i == 0 || path[i - 1] == '.';
        const bool ends = i + 1 == path.size() || path[i + 1] == '.' || path[i + 1] == '[';
        if (path[i] != '*' || !begins || !ends) {
            quoted += path[i];
            continue;
        }
        if (!quoted.empty()) {
            quoted.pop_back();
        }
        quoted += "[\"*\"]";
    }
    return quoted;
}

}  // namespace

/// Copies a document that was checked, with other values in some places. Every rule that may still match is a state:
/// the rule and how many of its steps have been taken.
class Masking::Walk {
public:
    struct State {
        const json::Path* path;
        std::size_t step;
    };

    Walk(const Masking& masking, std::string_view document)
        : m_masking(masking), m_at(document.data()), m_end(document.data() + document.size()) {}

    /// False: too deep.
    bool value(const std::vector<State>& states, int depth) {
        space();
        const char* const from = m_at;
        for (const State& state : states) {
            if (state.step == state.path->size()) {
                m_at = json::skipValue(m_at, m_end);
                m_out += m_masking.maskOf({from, static_cast<std::size_t>(m_at - from)});
                return true;
            }
        }
        if (states.empty() || (*from != '{' && *from != '[')) {
            m_at = json::skipValue(m_at, m_end);
            m_out.append(from, m_at);
            return true;
        }
        return depth < kMostDepth && (*from == '{' ? members(states, depth) : elements(states, depth));
    }
    std::string finish() {
        m_out.append(m_at, m_end);
        return std::move(m_out);
    }

private:
    void space() {
        const char* const from = m_at;
        m_at = json::skipSpace(m_at, m_end);
        m_out.append(from, m_at);
    }
    /// The character that is there in a document that was checked.
    char take() {
        m_out += *m_at;
        return *m_at++;
    }

    bool members(const std::vector<State>& states, int depth) {
        take();
        space();
        if (*m_at == '}') {
            take();
            return true;
        }
        for (;;) {
            space();
            const char* const quote = m_at;
            const char* const close = json::findStringEnd(quote + 1, m_end);
            std::string name;
            json::unescape({quote + 1, static_cast<std::size_t>(close - quote - 1)}, name);
            m_at = close + 1;
            m_out.append(quote, m_at);
            space();
            take();
            std::vector<State> inner;
            for (const State& state : states) {
                const json::PathStep& step = (*state.path)[state.step];
                if (step.index < 0 && (step.name == name || step.name == "*")) {
                    inner.push_back({state.path, state.step + 1});
                }
            }
            if (!value(inner, depth + 1)) {
                return false;
            }
            space();
            if (take() == '}') {
                return true;
            }
        }
    }

    bool elements(const std::vector<State>& states, int depth) {
        take();
        space();
        if (*m_at == ']') {
            take();
            return true;
        }
        for (int index = 0;; ++index) {
            std::vector<State> inner;
            for (const State& state : states) {
                const json::PathStep& step = (*state.path)[state.step];
                if (step.index < 0) {
                    inner.push_back(state);
                } else if (step.index == index) {
                    inner.push_back({state.path, state.step + 1});
                }
            }
            if (!value(inner, depth + 1)) {
                return false;
            }
            space();
            if (take() == ']') {
                return true;
            }
        }
    }

    const Masking& m_masking;
    const char* m_at;
    const char* m_end;
    std::string m_out;
};

Result<Masking, std::string> Masking::make(const MaskSpec& spec) {
    Masking masking;
    masking.m_kind = spec.kind;
    masking.m_secret = spec.secret;
    for (const std::string& field : spec.fields) {
        Rule rule;
        const std::size_t dot = field.find_first_of(".[");
        const std::string_view head = std::string_view(field).substr(0, dot);
        std::string_view rest = dot == std::string::npos ? std::string_view() : std::string_view(field).substr(dot);
        if (rest.starts_with('.')) {
            rest.remove_prefix(1);
        }
        if (head == "headers" && !rest.empty()) {
            rule.part = Part::kHeader;
            rule.header = rest;
        } else if (head == "key" || head == "value") {
            rule.part = head == "key" ? Part::kKey : Part::kValue;
            if (dot != std::string::npos) {
                auto path = json::parsePath(withQuotedStars(rest));
                if (!path) {
                    return fail("\"" + field + "\" is no field to mask: " + path.error());
                }
                rule.path = *std::move(path);
            }
        } else {
            return fail("\"" + field + "\" is no field to mask. Write key, value, value.card.number or headers.name.");
        }
        masking.m_rules.push_back(std::move(rule));
    }
    return masking;
}

bool Masking::apply(OutgoingRecord& record) const {
    for (const Rule& rule : m_rules) {
        for (Header& header : record.headers) {
            if (rule.part == Part::kHeader && header.value && (header.key == rule.header || rule.header == "*")) {
                header.value =
                    toBytes(m_kind == MaskKind::kHash ? hashOf(asText(*header.value)) : std::string(kBlanked));
            }
        }
    }
    return applyTo(Part::kKey, record.key) && applyTo(Part::kValue, record.value);
}

bool Masking::applyTo(Part part, std::optional<Bytes>& bytes) const {
    // Null and empty have nothing to hide.
    if (!bytes || bytes->empty()) {
        return true;
    }
    std::vector<Walk::State> states;
    for (const Rule& rule : m_rules) {
        if (rule.part != part) {
            continue;
        }
        if (rule.path.empty()) {
            bytes = toBytes(m_kind == MaskKind::kHash ? hashOf(asText(*bytes)) : std::string(kBlanked));
            return true;
        }
        states.push_back({&rule.path, 0});
    }
    if (states.empty()) {
        return true;
    }
    const std::string_view document = asText(*bytes);
    if (json::check(document)) {
        return false;
    }
    Walk walk(*this, document);
    if (!walk.value(states, 0)) {
        return false;
    }
    bytes = toBytes(walk.finish());
    return true;
}

std::string Masking::maskOf(std::string_view raw) const {
    switch (raw.front()) {
        case '"': {
            std::string text;
            if (m_kind == MaskKind::kHash) {
                json::unescape(raw.substr(1, raw.size() - 2), text);
                text = hashOf(text);
            } else {
                text = kBlanked;
            }
            return '"' + text + '"';
        }
        case 't':
        case 'f':
            return "false";
        case 'n':
        case '{':
        case '[':
            return "null";
        default:
            break;
    }
    // Digits that do not begin with 0, few enough for every reader of numbers.
    constexpr std::uint64_t kNumbers = 1'000'000'000'000;
    return m_kind == MaskKind::kHash
               ? std::to_string(kNumbers + std::stoull(hashOf(raw).substr(0, 15), nullptr, 16) % kNumbers)
               : "0";
}

std::string Masking::hashOf(std::string_view text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    HMAC(EVP_sha256(), m_secret.data(), static_cast<int>(m_secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    constexpr std::size_t kShown = 12;
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (std::size_t i = 0; i < std::min<std::size_t>(size, kShown); ++i) {
        hex += kDigits[digest[i] >> 4U];
        hex += kDigits[digest[i] & 0xfU];
    }
    return hex;
}

}  // namespace weir::app
