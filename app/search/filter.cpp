// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/filter.h"

#include <re2/re2.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "app/search/evaluator.h"
#include "app/search/sieve.h"
#include "app/serdes/visible_text.h"

namespace weir::app {

struct Filter::Program {
    filter::Node root;
    filter::Shared shared;
};

struct Filter::Scratch::Memory {
    filter::Evaluation evaluation;
};

Filter::Scratch::Scratch() : m_memory(std::make_unique<Memory>()) {}
Filter::Scratch::~Scratch() = default;
Filter::Scratch::Scratch(Scratch&&) noexcept = default;
Filter::Scratch& Filter::Scratch::operator=(Scratch&&) noexcept = default;

Filter::Filter(std::unique_ptr<Program> program) : m_program(std::move(program)) {}
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

namespace {

bool isText(const Expression& expression) {
    return expression.op == Op::kLiteral && expression.literal.kind == Literal::Kind::kText;
}

Result<filter::Node, FilterError> lower(const Expression& from, filter::Shared& shared) {
    filter::Node node;
    node.op = from.op;
    node.source = from.source;
    node.literal = from.literal;
    if (from.op == Op::kHeader) {
        node.header = from.path.front().index >= 0 ? std::to_string(from.path.front().index) : from.path.front().name;
    } else if (from.op == Op::kValue && !from.path.empty()) {
        node.slot = shared.valuePaths.add(from.path);
    } else if (from.op == Op::kKey && !from.path.empty()) {
        node.slot = shared.keyPaths.add(from.path);
    }
    if (from.op == Op::kMatches || from.op == Op::kNotMatches) {
        const Expression& pattern = *from.children.back();
        WEIR_ASSERT(isText(pattern));
        RE2::Options options;
        options.set_log_errors(false);
        options.set_max_mem(16 << 20);
        auto regex = std::make_shared<RE2>(pattern.literal.text, options);
        if (!regex->ok()) {
            return fail(FilterError{"The regular expression is not valid: " + regex->error() + ".", pattern.column});
        }
        node.regex = std::move(regex);
    }
    for (const auto& child : from.children) {
        auto lowered = lower(*child, shared);
        if (!lowered) {
            return fail(FilterError(lowered.error()));
        }
        node.children.push_back(*std::move(lowered));
    }
    return node;
}

std::string shown(const filter::Operand& operand) {
    using Kind = filter::Operand::Kind;
    switch (operand.kind) {
        case Kind::kMissing:
            return "not there";
        case Kind::kNull:
            return "null";
        case Kind::kBool:
            return operand.boolean ? "true" : "false";
        case Kind::kInteger:
            return std::to_string(operand.integer);
        case Kind::kReal:
            return fmt::format("{}", operand.real);
        case Kind::kNumberText:
        case Kind::kComposite:
            return oneLine(operand.text, 60);
        case Kind::kText:
            return '"' + oneLine(operand.text, 60) + '"';
    }
    return {};
}

std::string_view symbolOf(Op op) {
    switch (op) {
        case Op::kEqual:
            return "==";
        case Op::kNotEqual:
            return "!=";
        case Op::kLess:
            return "<";
        case Op::kLessEqual:
            return "<=";
        case Op::kGreater:
            return ">";
        case Op::kGreaterEqual:
            return ">=";
        case Op::kMatches:
            return "~";
        case Op::kNotMatches:
            return "!~";
        case Op::kContains:
            return "contains";
        case Op::kStartsWith:
            return "startsWith";
        case Op::kEndsWith:
            return "endsWith";
        case Op::kIn:
            return "in";
        case Op::kNotIn:
            return "not in";
        default:
            return "";
    }
}

// "price = 93.2" for a field, "100" for a constant.
std::string side(const filter::Node& node, filter::Evaluation& evaluation) {
    std::string value = shown(evaluation.operand(node));
    if (node.op == Op::kLiteral) {
        return value;
    }
    return fmt::format("{} = {}", node.source, value);
}

void explainInto(const filter::Node& node, filter::Evaluation& evaluation, std::string& out) {
    if (node.op == Op::kAnd || node.op == Op::kOr || node.op == Op::kNot) {
        for (const filter::Node& child : node.children) {
            explainInto(child, evaluation, out);
        }
        return;
    }
    if (!out.empty()) {
        out += '\n';
    }
    const char* const verdict = evaluation.test(node) ? "true" : "false";
    const std::string_view symbol = symbolOf(node.op);
    if (symbol.empty()) {
        out += fmt::format("{} is {}", node.op == Op::kLiteral ? node.source : side(node, evaluation), verdict);
    } else if (node.op == Op::kIn || node.op == Op::kNotIn) {
        out += fmt::format("{}, {} the list is {}", side(node.children[0], evaluation), symbol, verdict);
    } else {
        out += fmt::format("{}, {} {} is {}", side(node.children[0], evaluation), symbol,
                           side(node.children[1], evaluation), verdict);
    }
}

}  // namespace

Result<Filter, FilterError> Filter::compile(std::string_view text, Timestamp now) {
    auto expression = parseExpression(text, now);
    if (!expression) {
        return fail(FilterError(expression.error()));
    }
    auto program = std::make_unique<Program>();
    auto root = lower(**expression, program->shared);
    if (!root) {
        return fail(FilterError(root.error()));
    }
    program->root = *std::move(root);
    return Filter(std::move(program));
}

bool Filter::matches(const RecordView& record, PartitionId partition, Scratch& scratch) const {
    filter::Evaluation& evaluation = scratch.m_memory->evaluation;
    evaluation.begin(m_program->shared, record, partition);
    return evaluation.test(m_program->root);
}

std::unique_ptr<const RecordSieve> Filter::makeSieve() const {
    return makeFilterSieve(m_program->root);
}

std::string Filter::explain(const RecordView& record, PartitionId partition, Scratch& scratch) const {
    filter::Evaluation& evaluation = scratch.m_memory->evaluation;
    evaluation.begin(m_program->shared, record, partition);
    std::string out;
    explainInto(m_program->root, evaluation, out);
    return out;
}

}  // namespace weir::app
