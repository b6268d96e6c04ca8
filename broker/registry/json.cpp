// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/registry/json.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "broker/base/json_escape.h"

namespace weir::registry {

namespace {

constexpr std::size_t kIndexFrom = 12;
/// U+FFFD: what JSON can hold in the place of a byte that is no UTF-8.
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

void appendUtf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (code >> 18));
        out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// Length of the well-formed UTF-8 sequence at `at`; 0 when there is none (RFC 3629).
std::size_t utf8Length(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
        return byte(i) >= low && byte(i) <= high;
    };
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return follows(1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

}  // namespace

/// RFC 8259, by descent; one object for one text.
class JsonReader {
public:
    explicit JsonReader(std::string_view text) : m_text(text) {}

    Result<Json, std::string> read() {
        Json value;
        skipSpace();
        if (!readValue(value, 0)) {
            return fail(m_error + " at byte " + std::to_string(m_at));
        }
        skipSpace();
        if (m_at != m_text.size()) {
            return fail("Text after the end of the JSON value at byte " + std::to_string(m_at));
        }
        return value;
    }

private:
    bool refuse(const char* why) {
        m_error = why;
        return false;
    }
    [[nodiscard]] char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void skipSpace() {
        while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos) {
            ++m_at;
        }
    }
    bool takeWord(std::string_view word) {
        if (m_text.substr(m_at, word.size()) != word) {
            return refuse("Unexpected text");
        }
        m_at += word.size();
        return true;
    }

    bool readValue(Json& into, int depth) {
        if (depth > Json::kMaxDepth) {
            return refuse("Nested too deeply");
        }
        switch (peek()) {
            case '{':
                return readObject(into, depth);
            case '[':
                return readArray(into, depth);
            case '"':
                into.m_kind = Json::Kind::kString;
                return readString(into.m_text);
            case 't':
                into = Json::boolean(true);
                return takeWord("true");
            case 'f':
                into = Json::boolean(false);
                return takeWord("false");
            case 'n':
                return takeWord("null");
            default:
                return m_at == m_text.size() ? refuse("Unexpected end") : readNumber(into);
        }
    }

    bool readObject(Json& into, int depth) {
        into.m_kind = Json::Kind::kObject;
        ++m_at;
        skipSpace();
        if (peek() == '}') {
            ++m_at;
            return true;
        }
        while (true) {
            std::string key;
            if (peek() != '"') {
                return refuse("Expected a member's name");
            }
            if (!readString(key)) {
                return false;
            }
            skipSpace();
            if (peek() != ':') {
                return refuse("Expected ':'");
            }
            ++m_at;
            skipSpace();
            Json value;
            if (!readValue(value, depth + 1)) {
                return false;
            }
            into.set(std::move(key), std::move(value));
            skipSpace();
            const char next = peek();
            ++m_at;
            if (next == '}') {
                return true;
            }
            if (next != ',') {
                --m_at;
                return refuse("Expected ',' or '}'");
            }
            skipSpace();
        }
    }

    bool readArray(Json& into, int depth) {
        into.m_kind = Json::Kind::kArray;
        ++m_at;
        skipSpace();
        if (peek() == ']') {
            ++m_at;
            return true;
        }
        while (true) {
            into.m_items.emplace_back();
            if (!readValue(into.m_items.back(), depth + 1)) {
                return false;
            }
            skipSpace();
            const char next = peek();
            ++m_at;
            if (next == ']') {
                return true;
            }
            if (next != ',') {
                --m_at;
                return refuse("Expected ',' or ']'");
            }
            skipSpace();
        }
    }

    bool readHex(std::uint32_t& code) {
        const auto digits = m_text.substr(m_at, 4);
        const auto [stop, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (bad != std::errc{} || digits.size() != 4 || stop != digits.data() + 4) {
            return refuse("Expected four hexadecimal digits");
        }
        m_at += 4;
        return true;
    }

    bool readEscape(std::string& into) {
        static constexpr std::string_view kShort = "\"\\/bfnrt";
        static constexpr std::string_view kMeaning = "\"\\/\b\f\n\r\t";
        const char what = peek();
        ++m_at;
        if (const auto found = kShort.find(what); found != std::string_view::npos && what != '\0') {
            into += kMeaning[found];
            return true;
        }
        std::uint32_t code = 0;
        if (what != 'u') {
            return refuse("Unknown escape");
        }
        if (!readHex(code)) {
            return false;
        }
        if (code >= 0xD800 && code < 0xDC00 && m_text.substr(m_at, 2) == "\\u") {
            m_at += 2;
            std::uint32_t low = 0;
            if (!readHex(low)) {
                return false;
            }
            if (low < 0xDC00 || low > 0xDFFF) {
                return refuse("Half a surrogate pair");
            }
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else if (code >= 0xD800 && code < 0xE000) {
            return refuse("Half a surrogate pair");
        }
        appendUtf8(into, code);
        return true;
    }

    bool readString(std::string& into) {
        ++m_at;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            if (c == '"') {
                ++m_at;
                return true;
            }
            if (c == '\\') {
                ++m_at;
                if (!readEscape(into)) {
                    return false;
                }
                continue;
            }
            if (static_cast<unsigned char>(c) < 0x20) {
                return refuse("Control character in a string");
            }
            const std::size_t length = utf8Length(m_text, m_at);
            if (length == 0) {
                return refuse("Invalid UTF-8");
            }
            into.append(m_text, m_at, length);
            m_at += length;
        }
        return refuse("Unexpected end of a string");
    }

    bool takeDigits() {
        const std::size_t from = m_at;
        while (isDigit(peek())) {
            ++m_at;
        }
        return m_at > from || refuse("Expected a digit");
    }

    bool readNumber(Json& into) {
        const std::size_t from = m_at;
        m_at += peek() == '-' ? 1 : 0;
        if (peek() == '0') {
            ++m_at;
        } else if (!isDigit(peek())) {
            return refuse("Unexpected character");
        } else if (!takeDigits()) {
            return false;
        }
        if (peek() == '.') {
            ++m_at;
            if (!takeDigits()) {
                return false;
            }
        }
        if (peek() == 'e' || peek() == 'E') {
            ++m_at;
            m_at += peek() == '+' || peek() == '-' ? 1 : 0;
            if (!takeDigits()) {
                return false;
            }
        }
        into = Json::rawNumber(std::string(m_text.substr(from, m_at - from)));
        return true;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::string m_error;
};

Json Json::boolean(bool value) {
    Json json;
    json.m_kind = Kind::kBoolean;
    json.m_text = value ? "true" : "false";
    return json;
}

Json Json::number(std::int64_t value) {
    return rawNumber(std::to_string(value));
}

Json Json::rawNumber(std::string digits) {
    Json json;
    json.m_kind = Kind::kNumber;
    json.m_text = std::move(digits);
    return json;
}

Json Json::string(std::string value) {
    Json json;
    json.m_kind = Kind::kString;
    json.m_text = std::move(value);
    return json;
}

Json Json::array(std::vector<Json> items) {
    Json json;
    json.m_kind = Kind::kArray;
    json.m_items = std::move(items);
    return json;
}

Json Json::object(std::vector<Member> members) {
    Json json;
    json.m_kind = Kind::kObject;
    json.m_members = std::move(members);
    return json;
}

Result<Json, std::string> Json::parse(std::string_view text) {
    return JsonReader(text).read();
}

std::optional<std::int64_t> Json::integer() const {
    std::int64_t value = 0;
    const char* end = m_text.data() + m_text.size();
    const auto [stop, bad] = std::from_chars(m_text.data(), end, value);
    return m_kind == Kind::kNumber && bad == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

double Json::real() const {
    double value = 0;
    if (m_kind == Kind::kNumber) {
        (void)std::from_chars(m_text.data(), m_text.data() + m_text.size(), value);
    }
    return value;
}

const Json* Json::find(std::string_view key) const {
    if (m_index) {
        const auto found = m_index->find(std::string(key));
        return found == m_index->end() ? nullptr : &m_members[found->second].second;
    }
    const auto found =
        std::find_if(m_members.begin(), m_members.end(), [&](const Member& m) { return m.first == key; });
    return found == m_members.end() ? nullptr : &found->second;
}

std::string_view Json::textOf(std::string_view key) const {
    const Json* found = find(key);
    return found != nullptr && found->isString() ? std::string_view(found->m_text) : std::string_view();
}

void Json::set(std::string key, Json value) {
    if (const Json* found = find(key)) {
        // `found` is inside m_members, which is this object's own to change.
        *const_cast<Json*>(found) = std::move(value);
        return;
    }
    m_members.emplace_back(std::move(key), std::move(value));
    if (m_index) {
        if (m_index.use_count() > 1) {
            m_index = std::make_shared<Index>(*m_index);
        }
        m_index->emplace(m_members.back().first, m_members.size() - 1);
    } else if (m_members.size() > kIndexFrom) {
        m_index = std::make_shared<Index>();
        for (std::size_t i = 0; i < m_members.size(); ++i) {
            m_index->emplace(m_members[i].first, i);
        }
    }
}

void Json::appendString(std::string& out, std::string_view text) {
    out += '"';
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t length = utf8Length(text, at);
        if (length == 1) {
            appendJsonEscaped(out, text[at]);
        } else if (length > 1) {
            out.append(text, at, length);
            at += length - 1;
        } else {
            out += kReplacement;
        }
    }
    out += '"';
}

void Json::appendTo(std::string& out) const {
    switch (m_kind) {
        case Kind::kNull:
            out += "null";
            return;
        case Kind::kBoolean:
        case Kind::kNumber:
            out += m_text;
            return;
        case Kind::kString:
            appendString(out, m_text);
            return;
        case Kind::kArray: {
            out += '[';
            for (const Json& item : m_items) {
                item.appendTo(out);
                out += ',';
            }
            break;
        }
        case Kind::kObject: {
            out += '{';
            for (const auto& [key, value] : m_members) {
                appendString(out, key);
                out += ':';
                value.appendTo(out);
                out += ',';
            }
            break;
        }
    }
    if (out.back() == ',') {
        out.pop_back();
    }
    out += m_kind == Kind::kArray ? ']' : '}';
}

std::string Json::toText() const {
    std::string out;
    appendTo(out);
    return out;
}

Json Json::sorted() const {
    Json result = *this;
    result.m_index.reset();
    for (Json& item : result.m_items) {
        item = item.sorted();
    }
    std::sort(result.m_members.begin(), result.m_members.end(),
              [](const Member& a, const Member& b) { return a.first < b.first; });
    for (auto& [key, value] : result.m_members) {
        value = value.sorted();
    }
    return result;
}

bool Json::same(const Json& other) const {
    if (m_kind != other.m_kind || m_items.size() != other.m_items.size() ||
        m_members.size() != other.m_members.size()) {
        return false;
    }
    if (m_kind == Kind::kNumber) {
        return m_text == other.m_text || real() == other.real();
    }
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (!m_items[i].same(other.m_items[i])) {
            return false;
        }
    }
    return m_text == other.m_text && std::all_of(m_members.begin(), m_members.end(), [&](const Member& member) {
               const Json* theirs = other.find(member.first);
               return theirs != nullptr && member.second.same(*theirs);
           });
}

}  // namespace weir::registry
