// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "app/search/expression.h"
#include "app/search/lexer.h"

namespace weir::app {

namespace {

using Node = std::unique_ptr<Expression>;

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

bool isComparison(Op op) {
    return op >= Op::kEqual && op <= Op::kGreaterEqual;
}

class Parser {
public:
    Parser(std::string_view text, std::vector<Token> tokens, Timestamp now)
        : m_text(text), m_tokens(std::move(tokens)), m_now(now) {}

    Result<Node, FilterError> run() {
        if (here().kind == TokenKind::kEnd) {
            return fail(FilterError{"The expression is empty.", 0});
        }
        Node root = readOr();
        if (root != nullptr && here().kind != TokenKind::kEnd) {
            stop("Expected && or || before \u201c" + shown(here()) + "\u201d.", here().column);
            root = nullptr;
        }
        if (root == nullptr) {
            return fail(std::move(m_error));
        }
        return root;
    }

private:
    static constexpr int kMaxDepth = 200;

    [[nodiscard]] const Token& here() const { return m_tokens[m_at]; }
    [[nodiscard]] const Token& after() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
    [[nodiscard]] std::string shown(const Token& token) const {
        return token.kind == TokenKind::kEnd
                   ? "end"
                   : std::string(m_text.substr(static_cast<std::size_t>(token.column),
                                               static_cast<std::size_t>(token.endColumn - token.column)));
    }
    bool takeSymbol(std::string_view symbol) {
        if (here().kind != TokenKind::kSymbol || here().text != symbol) {
            return false;
        }
        ++m_at;
        return true;
    }
    [[nodiscard]] bool isWord(const Token& token, std::string_view word) const {
        return token.kind == TokenKind::kWord && lowered(token.text) == word;
    }
    bool takeWord(std::string_view word) {
        if (!isWord(here(), word)) {
            return false;
        }
        ++m_at;
        return true;
    }
    Node stop(std::string message, int column) {
        if (m_error.message.empty()) {
            m_error = {std::move(message), column};
        }
        return nullptr;
    }

    Node finish(Node node, int from) {
        node->column = from;
        const int to = m_at == 0 ? from : m_tokens[m_at - 1].endColumn;
        node->source = m_text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
        return node;
    }
    template <class... Children>
    Node make(Op op, int from, Children... children) {
        auto node = std::make_unique<Expression>();
        node->op = op;
        (node->children.push_back(std::move(children)), ...);
        return finish(std::move(node), from);
    }

    Node readOr() {
        const int from = here().column;
        if (++m_depth > kMaxDepth) {
            return stop("The expression is nested too deeply.", from);
        }
        Node left = readAnd();
        while (left != nullptr && (takeSymbol("||") || takeWord("or"))) {
            Node right = readAnd();
            if (right == nullptr) {
                return nullptr;
            }
            left = make(Op::kOr, from, std::move(left), std::move(right));
        }
        --m_depth;
        return left;
    }
    Node readAnd() {
        const int from = here().column;
        Node left = readUnary();
        while (left != nullptr && (takeSymbol("&&") || takeWord("and"))) {
            Node right = readUnary();
            if (right == nullptr) {
                return nullptr;
            }
            left = make(Op::kAnd, from, std::move(left), std::move(right));
        }
        return left;
    }
    Node readUnary() {
        const int from = here().column;
        if (takeSymbol("!") || takeWord("not")) {
            if (++m_depth > kMaxDepth) {
                return stop("The expression is nested too deeply.", from);
            }
            Node inner = readUnary();
            --m_depth;
            return inner == nullptr ? nullptr : make(Op::kNot, from, std::move(inner));
        }
        return readTest();
    }

    bool takeTestOperator(Op& op) {
        constexpr std::array<std::pair<std::string_view, Op>, 10> kSymbols{{{"==", Op::kEqual},
                                                                            {"=", Op::kEqual},
                                                                            {"!=", Op::kNotEqual},
                                                                            {"<=", Op::kLessEqual},
                                                                            {"<", Op::kLess},
                                                                            {">=", Op::kGreaterEqual},
                                                                            {">", Op::kGreater},
                                                                            {"=~", Op::kMatches},
                                                                            {"~", Op::kMatches},
                                                                            {"!~", Op::kNotMatches}}};
        constexpr std::array<std::pair<std::string_view, Op>, 5> kWords{{{"contains", Op::kContains},
                                                                         {"startswith", Op::kStartsWith},
                                                                         {"endswith", Op::kEndsWith},
                                                                         {"matches", Op::kMatches},
                                                                         {"in", Op::kIn}}};
        for (const auto& [symbol, meaning] : kSymbols) {
            if (takeSymbol(symbol)) {
                op = meaning;
                return true;
            }
        }
        for (const auto& [word, meaning] : kWords) {
            if (takeWord(word)) {
                op = meaning;
                return true;
            }
        }
        if (isWord(here(), "not") && isWord(after(), "in")) {
            m_at += 2;
            op = Op::kNotIn;
            return true;
        }
        return false;
    }

    Node readTest() {
        const int from = here().column;
        Node left = readSum();
        Op op{};
        if (left == nullptr || !takeTestOperator(op)) {
            return left;
        }
        if (op == Op::kIn || op == Op::kNotIn) {
            return readIn(std::move(left), op, from);
        }
        const int rightAt = here().column;
        Node right = readSum();
        if (right == nullptr) {
            return nullptr;
        }
        const bool isRegex = op == Op::kMatches || op == Op::kNotMatches;
        if (isRegex && (right->op != Op::kLiteral || right->literal.kind != Literal::Kind::kText)) {
            return stop("A regular expression stands in quotes, for example key ~ \"^AAP\".", rightAt);
        }
        if (isComparison(op) && (!readTimes(*left, *right) || !readTimes(*right, *left))) {
            return nullptr;
        }
        return make(op, from, std::move(left), std::move(right));
    }

    Node readIn(Node left, Op op, int from) {
        const bool isBracket = here().text == "[";
        if (!takeSymbol("(") && !takeSymbol("[")) {
            return stop("After in comes a list in parentheses, for example in (\"a\", \"b\").", here().column);
        }
        Node node = make(op, from, std::move(left));
        do {
            Node item = readSum();
            if (item == nullptr || !readTimes(*node->children.front(), *item)) {
                return nullptr;
            }
            node->children.push_back(std::move(item));
        } while (takeSymbol(","));
        if (!takeSymbol(isBracket ? "]" : ")")) {
            return stop("The list is not closed.", here().column);
        }
        return finish(std::move(node), from);
    }

    // Text beside `timestamp` is a moment.
    bool readTimes(const Expression& field, Expression& other) {
        if (field.op != Op::kTimestamp || other.op != Op::kLiteral || other.literal.kind != Literal::Kind::kText) {
            return true;
        }
        Timestamp at;
        if (!parseIsoTime(other.literal.text, at)) {
            stop("A time looks like \"2026-01-31 10:20:30\" or now - 5m.", other.column);
            return false;
        }
        other.literal = {Literal::Kind::kInteger, false, at.value, static_cast<double>(at.value), {}};
        return true;
    }

    Node readSum() {
        const int from = here().column;
        Node left = readProduct();
        while (left != nullptr) {
            const Op op = here().text == "+" ? Op::kAdd : Op::kSubtract;
            if (here().kind != TokenKind::kSymbol || (here().text != "+" && here().text != "-")) {
                return left;
            }
            ++m_at;
            Node right = readProduct();
            if (right == nullptr) {
                return nullptr;
            }
            left = make(op, from, std::move(left), std::move(right));
        }
        return left;
    }
    Node readProduct() {
        const int from = here().column;
        Node left = readOperand();
        while (left != nullptr) {
            const Op op = here().text == "*" ? Op::kMultiply : Op::kDivide;
            if (here().kind != TokenKind::kSymbol || (here().text != "*" && here().text != "/")) {
                return left;
            }
            ++m_at;
            Node right = readOperand();
            if (right == nullptr) {
                return nullptr;
            }
            left = make(op, from, std::move(left), std::move(right));
        }
        return left;
    }

    Node literal(Literal value, int from) {
        ++m_at;
        Node node = make(Op::kLiteral, from);
        node->literal = std::move(value);
        return node;
    }

    Node readOperand() {
        const Token& token = here();
        const int from = token.column;
        switch (token.kind) {
            case TokenKind::kNumber:
            case TokenKind::kDuration:
                return literal(token.number, from);
            case TokenKind::kText:
                return literal({Literal::Kind::kText, false, 0, 0, token.text}, from);
            case TokenKind::kWord:
                return readWord();
            case TokenKind::kEnd:
                return stop(m_at == 0 ? "The expression is empty."
                                      : "Something is missing after \u201c" + shown(m_tokens[m_at - 1]) + "\u201d.",
                            from);
            case TokenKind::kSymbol:
                break;
        }
        if (takeSymbol("-")) {
            if (++m_depth > kMaxDepth) {
                return stop("The expression is nested too deeply.", from);
            }
            Node inner = readOperand();
            --m_depth;
            return inner == nullptr ? nullptr : make(Op::kNegate, from, std::move(inner));
        }
        if (takeSymbol("(")) {
            Node inner = readOr();
            if (inner == nullptr) {
                return nullptr;
            }
            if (!takeSymbol(")")) {
                return stop("This parenthesis is not closed.", from);
            }
            return finish(std::move(inner), from);
        }
        return stop("Expected a field or a value before \u201c" + token.text + "\u201d.", from);
    }

    Node readWord() {
        const Token& token = here();
        const int from = token.column;
        const std::string word = lowered(token.text);
        if (word == "true" || word == "false") {
            return literal({Literal::Kind::kBool, word == "true", 0, 0, {}}, from);
        }
        if (word == "null") {
            return literal({}, from);
        }
        if (word == "now") {
            return literal({Literal::Kind::kInteger, false, m_now.value, static_cast<double>(m_now.value), {}}, from);
        }
        if (word == "has" || word == "exists" || word == "lower" || word == "length") {
            return readCall(word == "lower" ? Op::kLower : word == "length" ? Op::kLength : Op::kHas);
        }
        constexpr std::array<std::pair<std::string_view, Op>, 8> kFields{{{"value", Op::kValue},
                                                                          {"key", Op::kKey},
                                                                          {"headers", Op::kHeader},
                                                                          {"header", Op::kHeader},
                                                                          {"partition", Op::kPartition},
                                                                          {"offset", Op::kOffset},
                                                                          {"timestamp", Op::kTimestamp},
                                                                          {"size", Op::kSize}}};
        const auto* const field =
            std::find_if(kFields.begin(), kFields.end(), [&word](const auto& known) { return known.first == word; });
        if (field == kFields.end()) {
            return unknownWord(token);
        }
        ++m_at;
        Node node = make(field->second, from);
        if ((node->op == Op::kValue || node->op == Op::kKey || node->op == Op::kHeader) && !readPath(*node)) {
            return nullptr;
        }
        if (node->op == Op::kHeader && node->path.size() != 1) {
            return stop("Name one header, for example headers[\"trace-id\"].", from);
        }
        return readMethod(finish(std::move(node), from), from);
    }

    Node unknownWord(const Token& token) {
        const std::string word = lowered(token.text);
        for (const std::string_view test : {"and", "or", "in", "contains", "startswith", "endswith", "matches"}) {
            if (word == test) {
                return stop("Something is missing before \u201c" + token.text + "\u201d.", token.column);
            }
        }
        return stop("Unknown field \u201c" + token.text +
                        "\u201d. Fields of the record's JSON start with value: value." + token.text +
                        ". Text stands in quotes.",
                    token.column);
    }

    Node readCall(Op op) {
        const int from = here().column;
        const std::string name = here().text;
        ++m_at;
        if (!takeSymbol("(")) {
            return stop(name + " needs something in parentheses, for example " + name + "(value.price).", from);
        }
        Node inner = readOr();
        if (inner == nullptr) {
            return nullptr;
        }
        if (!takeSymbol(")")) {
            return stop("This parenthesis is not closed.", from);
        }
        return make(op, from, std::move(inner));
    }

    // Steps written directly behind the field: `.name`, `["name"]`, `[0]`. A name that is called, as in
    // value.symbol.contains("x"), is left for readMethod().
    bool readPath(Expression& node) {
        for (;;) {
            if (here().kind == TokenKind::kSymbol && here().text == "." && after().kind == TokenKind::kWord) {
                const Token& behind = m_tokens[std::min(m_at + 2, m_tokens.size() - 1)];
                if (behind.kind == TokenKind::kSymbol && behind.text == "(") {
                    return true;
                }
                m_at += 2;
                node.path.push_back({m_tokens[m_at - 1].text, -1});
            } else if (takeSymbol(".")) {
                if (here().kind == TokenKind::kText) {
                    node.path.push_back({here().text, -1});
                    ++m_at;
                    continue;
                }
                stop("A field name is missing after the point.", here().column);
                return false;
            } else if (takeSymbol("[")) {
                if (here().kind == TokenKind::kText) {
                    node.path.push_back({here().text, -1});
                } else if (here().kind == TokenKind::kNumber && here().number.kind == Literal::Kind::kInteger) {
                    node.path.push_back({{}, static_cast<int>(std::min<std::int64_t>(here().number.integer, 1 << 30))});
                } else {
                    stop("Brackets hold a number from 0 or a name in quotes.", here().column);
                    return false;
                }
                ++m_at;
                if (!takeSymbol("]")) {
                    stop("A bracket is not closed.", here().column);
                    return false;
                }
            } else {
                return true;
            }
        }
    }

    // field.contains("x") and its like, for whoever is used to them.
    Node readMethod(Node field, int from) {
        if (here().kind != TokenKind::kSymbol || here().text != "." || after().kind != TokenKind::kWord) {
            return field;
        }
        constexpr std::array<std::pair<std::string_view, Op>, 3> kMethods{
            {{"contains", Op::kContains}, {"startswith", Op::kStartsWith}, {"endswith", Op::kEndsWith}}};
        const std::string name = lowered(after().text);
        const auto* const method =
            std::find_if(kMethods.begin(), kMethods.end(), [&name](const auto& known) { return known.first == name; });
        if (method == kMethods.end()) {
            return stop("Only contains, startsWith and endsWith can be called on a field.", after().column);
        }
        m_at += 3;
        Node argument = readOr();
        if (argument == nullptr) {
            return nullptr;
        }
        if (!takeSymbol(")")) {
            return stop("This parenthesis is not closed.", from);
        }
        return make(method->second, from, std::move(field), std::move(argument));
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    Timestamp m_now;
    std::size_t m_at = 0;
    int m_depth = 0;
    FilterError m_error;
};

}  // namespace

Result<std::unique_ptr<Expression>, FilterError> parseExpression(std::string_view text, Timestamp now) {
    auto tokens = tokenize(text);
    if (!tokens) {
        return fail(FilterError(tokens.error()));
    }
    // Chains build a tree as deep as they are long; this bounds every walk over it.
    constexpr std::size_t kMaxTokens = 4000;
    if (tokens->size() > kMaxTokens) {
        return fail(FilterError{"The expression is too long.", (*tokens)[kMaxTokens].column});
    }
    return Parser(text, *std::move(tokens), now).run();
}

}  // namespace weir::app
