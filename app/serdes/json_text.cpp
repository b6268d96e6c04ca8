// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/serdes/json_text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <vector>

#include "broker/base/json_escape.h"

namespace weir::app::json {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

bool isHex(char c) {
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Reads one document and hands its tokens to a sink: the one grammar behind check() and pretty().
template <class Sink>
class Reader {
public:
    /// Stops without a problem behind `most` bytes, or once the sink takes no more.
    Reader(std::string_view text, Sink& sink, std::size_t most = std::string_view::npos)
        : m_begin(text.data()), m_p(text.data()), m_end(text.data() + text.size()), m_sink(sink), m_most(most) {}

    std::optional<Problem> read() {
        Step step = Step::kValue;
        while (step != Step::kDone && step != Step::kBroken) {
            if (m_sink.isFull() || static_cast<std::size_t>(m_p - m_begin) > m_most) {
                return std::nullopt;
            }
            m_p = skipSpace(m_p, m_end);
            if (step == Step::kValue) {
                step = readValue();
            } else if (step == Step::kMember) {
                step = readMember();
            } else {
                step = readAfterValue();
            }
        }
        if (step == Step::kBroken) {
            return m_problem;
        }
        return std::nullopt;
    }

private:
    enum class Step { kValue, kMember, kAfterValue, kDone, kBroken };

    bool stop(const char* message) {
        m_problem = Problem{static_cast<std::size_t>(m_p - m_begin), message};
        return false;
    }
    Step broken(const char* message) {
        stop(message);
        return Step::kBroken;
    }

    Step readAfterValue() {
        if (m_open.empty()) {
            return m_p == m_end ? Step::kDone : broken("The document ends here, but more follows.");
        }
        const bool isObject = m_open.back() == '{';
        if (m_p == m_end) {
            return broken(isObject ? "The object is not closed." : "The array is not closed.");
        }
        if (*m_p == (isObject ? '}' : ']')) {
            ++m_p;
            m_open.pop_back();
            m_sink.close(isObject ? '}' : ']', false);
            return Step::kAfterValue;
        }
        if (*m_p != ',') {
            return broken(isObject ? "Expected a comma or }." : "Expected a comma or ].");
        }
        ++m_p;
        m_sink.comma();
        return isObject ? Step::kMember : Step::kValue;
    }

    Step readMember() {
        if (m_p == m_end || *m_p != '"') {
            return broken("Expected a name in quotes.");
        }
        const char* const from = m_p;
        if (!readString()) {
            return Step::kBroken;
        }
        m_sink.name({from, static_cast<std::size_t>(m_p - from)});
        m_p = skipSpace(m_p, m_end);
        if (m_p == m_end || *m_p != ':') {
            return broken("Expected a colon after the name.");
        }
        ++m_p;
        return Step::kValue;
    }

    Step readValue() {
        if (m_p == m_end) {
            return broken(m_p == m_begin ? "It is empty." : "The document ends where a value should be.");
        }
        if (*m_p == '{' || *m_p == '[') {
            return readOpening();
        }
        const char* const from = m_p;
        bool ok = false;
        switch (*m_p) {
            case '"':
                ok = readString();
                break;
            case 't':
                ok = readWord("true");
                break;
            case 'f':
                ok = readWord("false");
                break;
            case 'n':
                ok = readWord("null");
                break;
            default:
                ok = readNumber();
        }
        if (!ok) {
            return Step::kBroken;
        }
        m_sink.scalar({from, static_cast<std::size_t>(m_p - from)});
        return Step::kAfterValue;
    }

    Step readOpening() {
        const char open = *m_p;
        const char close = open == '{' ? '}' : ']';
        m_p = skipSpace(m_p + 1, m_end);
        if (m_p != m_end && *m_p == close) {
            ++m_p;
            m_sink.open(open, true);
            m_sink.close(close, true);
            return Step::kAfterValue;
        }
        m_sink.open(open, false);
        m_open.push_back(open);
        return open == '{' ? Step::kMember : Step::kValue;
    }

    bool readString() {
        ++m_p;
        for (;;) {
            if (m_p == m_end) {
                return stop("The text in quotes does not end.");
            }
            const auto c = static_cast<unsigned char>(*m_p);
            if (c == '"') {
                ++m_p;
                return true;
            }
            if (c < 0x20) {
                return stop("A control character stands bare inside quotes.");
            }
            if (c == '\\' && !readEscape()) {
                return false;
            }
            ++m_p;
        }
    }

    bool readEscape() {
        ++m_p;
        if (m_p == m_end) {
            return stop("The text in quotes does not end.");
        }
        if (std::strchr("\"\\/bfnrt", *m_p) != nullptr && *m_p != '\0') {
            return true;
        }
        if (*m_p != 'u') {
            return stop("Unknown escape after a backslash.");
        }
        for (int i = 0; i < 4; ++i) {
            ++m_p;
            if (m_p == m_end || !isHex(*m_p)) {
                return stop("\\u needs four hexadecimal digits.");
            }
        }
        return true;
    }

    bool readWord(std::string_view word) {
        if (static_cast<std::size_t>(m_end - m_p) < word.size() || std::string_view(m_p, word.size()) != word) {
            return stop("Expected a value.");
        }
        m_p += word.size();
        return true;
    }

    bool readNumber() {
        if (*m_p == '-') {
            ++m_p;
        }
        if (m_p == m_end || !isDigit(*m_p)) {
            return stop("Expected a value.");
        }
        if (*m_p == '0' && m_p + 1 != m_end && isDigit(m_p[1])) {
            return stop("A number must not start with 0.");
        }
        readDigits();
        if (m_p != m_end && *m_p == '.') {
            ++m_p;
            if (m_p == m_end || !isDigit(*m_p)) {
                return stop("Expected a digit after the point.");
            }
            readDigits();
        }
        if (m_p != m_end && (*m_p == 'e' || *m_p == 'E')) {
            ++m_p;
            if (m_p != m_end && (*m_p == '+' || *m_p == '-')) {
                ++m_p;
            }
            if (m_p == m_end || !isDigit(*m_p)) {
                return stop("Expected a digit in the exponent.");
            }
            readDigits();
        }
        return true;
    }
    void readDigits() {
        while (m_p != m_end && isDigit(*m_p)) {
            ++m_p;
        }
    }

    const char* m_begin;
    const char* m_p;
    const char* m_end;
    Sink& m_sink;
    std::size_t m_most;
    std::vector<char> m_open;
    Problem m_problem;
};

struct NoSink {
    void open(char, bool) {}
    void close(char, bool) {}
    void comma() {}
    void name(std::string_view) {}
    void scalar(std::string_view) {}
    [[nodiscard]] bool isFull() const { return false; }
};

class PrettySink {
public:
    explicit PrettySink(std::size_t maxBytes) : m_max(maxBytes) {}

    void open(char c, bool isEmpty) {
        put({&c, 1});
        if (!isEmpty) {
            ++m_level;
            breakLine();
        }
    }
    void close(char c, bool isEmpty) {
        if (!isEmpty) {
            --m_level;
            breakLine();
        }
        put({&c, 1});
    }
    void comma() {
        put(",");
        breakLine();
    }
    void name(std::string_view quoted) {
        put(quoted);
        put(": ");
    }
    void scalar(std::string_view text) { put(text); }
    [[nodiscard]] bool isFull() const { return m_isCut; }

    std::string take() {
        if (m_isCut) {
            m_out += "\n…";
        }
        return std::move(m_out);
    }

private:
    void put(std::string_view text) {
        if (m_out.size() + text.size() > m_max) {
            m_isCut = true;
            return;
        }
        if (!m_isCut) {
            m_out += text;
        }
    }
    void breakLine() {
        // Deep documents would otherwise cost the square of their depth in blanks.
        constexpr std::size_t kMaxIndent = 128;
        if (m_isCut || m_out.size() + kMaxIndent * 2 > m_max) {
            m_isCut = true;
            return;
        }
        m_out += '\n';
        m_out.append(std::min(m_level, kMaxIndent) * 2, ' ');
    }

    std::size_t m_max;
    std::size_t m_level = 0;
    bool m_isCut = false;
    std::string m_out;
};

void appendUtf8(std::string& out, std::uint32_t c) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        put(c);
    } else if (c < 0x800) {
        put(0xc0 | (c >> 6));
        put(0x80 | (c & 0x3f));
    } else if (c < 0x10000) {
        put(0xe0 | (c >> 12));
        put(0x80 | ((c >> 6) & 0x3f));
        put(0x80 | (c & 0x3f));
    } else {
        put(0xf0 | (c >> 18));
        put(0x80 | ((c >> 12) & 0x3f));
        put(0x80 | ((c >> 6) & 0x3f));
        put(0x80 | (c & 0x3f));
    }
}

// Four digits at `p`, or nothing.
std::optional<std::uint32_t> readHex4(const char* p, const char* end) {
    std::uint32_t value = 0;
    if (end - p < 4) {
        return std::nullopt;
    }
    const auto [last, error] = std::from_chars(p, p + 4, value, 16);
    if (error != std::errc() || last != p + 4) {
        return std::nullopt;
    }
    return value;
}

// `p` stands after "\u". Answers how many characters were used, 0 when the escape is broken.
std::size_t unescapeUnicode(const char* p, const char* end, std::string& out) {
    const auto high = readHex4(p, end);
    if (!high) {
        return 0;
    }
    if (*high >= 0xd800 && *high < 0xdc00 && end - p >= 10 && p[4] == '\\' && p[5] == 'u') {
        const auto low = readHex4(p + 6, end);
        if (low && *low >= 0xdc00 && *low < 0xe000) {
            appendUtf8(out, 0x10000 + ((*high - 0xd800) << 10) + (*low - 0xdc00));
            return 10;
        }
    }
    // A lone half of a pair has no UTF-8; the replacement character says that something stood here.
    appendUtf8(out, *high >= 0xd800 && *high < 0xe000 ? 0xfffd : *high);
    return 4;
}

}  // namespace

std::optional<Problem> check(std::string_view text, std::size_t most) {
    NoSink sink;
    return Reader<NoSink>(text, sink, most).read();
}

Result<std::string, Problem> pretty(std::string_view text, std::size_t maxBytes) {
    PrettySink sink(maxBytes);
    if (auto problem = Reader<PrettySink>(text, sink).read()) {
        return fail(std::move(*problem));
    }
    return sink.take();
}

const char* findStringEnd(const char* p, const char* end) {
    while (p != end) {
        if (*p == '"') {
            return p;
        }
        if (*p == '\\') {
            if (end - p < 2) {
                return nullptr;
            }
            ++p;
        }
        ++p;
    }
    return nullptr;
}

namespace {

// Past a container, counting brackets outside of strings.
const char* skipContainer(const char* p, const char* end) {
    std::size_t depth = 0;
    while (p != end) {
        switch (*p) {
            case '{':
            case '[':
                ++depth;
                break;
            case '}':
            case ']':
                if (--depth == 0) {
                    return p + 1;
                }
                break;
            case '"':
                p = findStringEnd(p + 1, end);
                if (p == nullptr) {
                    return nullptr;
                }
                break;
            default:
                break;
        }
        ++p;
    }
    return nullptr;
}

}  // namespace

const char* skipValue(const char* p, const char* end) {
    if (p == end) {
        return nullptr;
    }
    if (*p == '"') {
        const char* const quote = findStringEnd(p + 1, end);
        return quote == nullptr ? nullptr : quote + 1;
    }
    if (*p == '{' || *p == '[') {
        return skipContainer(p, end);
    }
    const char* const from = p;
    while (p != end && *p != ',' && *p != '}' && *p != ']' && *p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') {
        ++p;
    }
    return p == from ? nullptr : p;
}

void unescape(std::string_view inside, std::string& out) {
    const char* p = inside.data();
    const char* const end = p + inside.size();
    while (p != end) {
        if (*p != '\\' || end - p < 2) {
            out += *p++;
            continue;
        }
        constexpr std::string_view kFrom = "\"\\/bfnrt";
        constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
        const std::size_t at = kFrom.find(p[1]);
        if (at != std::string_view::npos) {
            out += kTo[at];
            p += 2;
            continue;
        }
        const std::size_t used = p[1] == 'u' ? unescapeUnicode(p + 2, end, out) : 0;
        if (used == 0) {
            out += *p++;
        } else {
            p += 2 + used;
        }
    }
}

void appendQuoted(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        appendJsonEscaped(out, c);
    }
    out += '"';
}

}  // namespace weir::app::json
