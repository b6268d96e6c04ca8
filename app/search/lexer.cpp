// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace weir::app {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : m_text(text) {}

    Result<std::vector<Token>, FilterError> run() {
        for (;;) {
            while (m_at < m_text.size() && std::string_view(" \t\r\n").find(m_text[m_at]) != std::string_view::npos) {
                ++m_at;
            }
            Token token;
            token.column = static_cast<int>(m_at);
            if (m_at == m_text.size()) {
                token.endColumn = token.column;
                m_tokens.push_back(std::move(token));
                return std::move(m_tokens);
            }
            if (!readOne(token)) {
                return fail(FilterError{m_why, m_column});
            }
            token.endColumn = static_cast<int>(m_at);
            m_tokens.push_back(std::move(token));
        }
    }

private:
    bool stop(std::string why, std::size_t at) {
        m_why = std::move(why);
        m_column = static_cast<int>(at);
        return false;
    }

    bool readOne(Token& token) {
        const char c = m_text[m_at];
        if (isDigit(c) || (c == '.' && m_at + 1 < m_text.size() && isDigit(m_text[m_at + 1]) && !followsPath())) {
            return readNumber(token);
        }
        if (isWordStart(c)) {
            const std::size_t from = m_at;
            while (m_at < m_text.size() && (isWordStart(m_text[m_at]) || isDigit(m_text[m_at]))) {
                ++m_at;
            }
            token.kind = TokenKind::kWord;
            token.text = m_text.substr(from, m_at - from);
            return true;
        }
        if (c == '"' || c == '\'') {
            return readText(token);
        }
        return readSymbol(token);
    }

    [[nodiscard]] bool followsPath() const {
        return !m_tokens.empty() && m_tokens.back().endColumn == static_cast<int>(m_at) &&
               (m_tokens.back().kind == TokenKind::kWord || m_tokens.back().text == "]");
    }

    bool readNumber(Token& token) {
        const std::size_t from = m_at;
        std::string digits;
        bool isReal = false;
        while (m_at < m_text.size()) {
            const char c = m_text[m_at];
            const bool isExponent = (c == 'e' || c == 'E') && m_at + 1 < m_text.size() &&
                                    (isDigit(m_text[m_at + 1]) || m_text[m_at + 1] == '-' || m_text[m_at + 1] == '+');
            if (c == '_') {
                ++m_at;
                continue;
            }
            if (isExponent) {
                isReal = true;
                digits += c;
                digits += m_text[++m_at];
            } else if (isDigit(c) || (c == '.' && !isReal)) {
                isReal = isReal || c == '.';
                digits += c;
            } else {
                break;
            }
            ++m_at;
        }
        const auto parsed = json::parseNumber(digits);
        if (!parsed) {
            return stop("This is not a number.", from);
        }
        token.kind = TokenKind::kNumber;
        token.number.kind = parsed->isInteger ? Literal::Kind::kInteger : Literal::Kind::kReal;
        token.number.integer = parsed->integer;
        token.number.real = parsed->real;
        return readUnit(token, from);
    }

    bool readUnit(Token& token, std::size_t from) {
        const std::size_t unitAt = m_at;
        while (m_at < m_text.size() && isWordStart(m_text[m_at])) {
            ++m_at;
        }
        const std::string_view unit = m_text.substr(unitAt, m_at - unitAt);
        if (unit.empty()) {
            return true;
        }
        constexpr std::array<std::pair<std::string_view, double>, 6> kUnits{
            {{"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"min", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}}};
        const auto* const found =
            std::find_if(kUnits.begin(), kUnits.end(), [unit](const auto& known) { return known.first == unit; });
        if (found == kUnits.end()) {
            return stop("Unknown unit \u201c" + std::string(unit) + "\u201d; durations end in ms, s, m, h or d.", from);
        }
        token.kind = TokenKind::kDuration;
        token.number.integer = static_cast<std::int64_t>(token.number.real * found->second);
        token.number.real = static_cast<double>(token.number.integer);
        token.number.kind = Literal::Kind::kInteger;
        return true;
    }

    bool readText(Token& token) {
        const std::size_t from = m_at;
        const char quote = m_text[m_at++];
        token.kind = TokenKind::kText;
        while (m_at < m_text.size() && m_text[m_at] != quote) {
            if (m_text[m_at] == '\\' && m_at + 1 < m_text.size()) {
                const char next = m_text[m_at + 1];
                if (next == quote || next == '\\') {
                    token.text += next;
                } else if (next == 'n') {
                    token.text += '\n';
                } else if (next == 't') {
                    token.text += '\t';
                } else {
                    token.text += '\\';
                    token.text += next;
                }
                m_at += 2;
                continue;
            }
            token.text += m_text[m_at++];
        }
        if (m_at == m_text.size()) {
            return stop("The text that starts here has no closing quote.", from);
        }
        ++m_at;
        return true;
    }

    bool readSymbol(Token& token) {
        constexpr std::array<std::string_view, 23> kSymbols{"==", "!=", "<=", ">=", "=~", "!~", "&&", "||",
                                                            "<",  ">",  "=",  "~",  "!",  "(",  ")",  "[",
                                                            "]",  ",",  ".",  "+",  "-",  "*",  "/"};
        for (const std::string_view symbol : kSymbols) {
            if (m_text.substr(m_at, symbol.size()) == symbol) {
                token.kind = TokenKind::kSymbol;
                token.text = symbol;
                m_at += symbol.size();
                return true;
            }
        }
        if (m_text[m_at] == '&' || m_text[m_at] == '|') {
            return stop(std::string("Write ") + m_text[m_at] + m_text[m_at] + " or use the words and, or.", m_at);
        }
        return stop(std::string("\u201c") + m_text[m_at] + "\u201d has no meaning here.", m_at);
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Token> m_tokens;
    std::string m_why;
    int m_column = 0;
};

}  // namespace

Result<std::vector<Token>, FilterError> tokenize(std::string_view text) {
    return Lexer(text).run();
}

}  // namespace weir::app
