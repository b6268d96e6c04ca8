// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "app/search/filter.h"
#include "app/search/text_search.h"
#include "broker/model/record.h"
#include "broker/model/record_sieve.h"

namespace weir::app {

/// What a scan looks for: everything, a text, or an expression. Immutable; threads share one, each with its Scratch.
class Matcher {
public:
    using Scratch = Filter::Scratch;

    /// Everything.
    Matcher() = default;
    /// An empty text or expression is everything. Only expressions can be wrong.
    static Result<Matcher, FilterError> make(std::string_view text, bool isExpression, Timestamp now);

    [[nodiscard]] bool isEverything() const { return std::holds_alternative<std::monostate>(m_what); }
    /// What tells from raw bytes where a match can stand at all; nullptr when nothing does. Lives as long as the
    /// matcher.
    [[nodiscard]] const RecordSieve* sieve() const { return m_sieve.get(); }
    [[nodiscard]] bool matches(const RecordView& record, PartitionId partition, Scratch& scratch) const;

private:
    std::variant<std::monostate, TextSearch, Filter> m_what;
    std::unique_ptr<const RecordSieve> m_sieve;
};

}  // namespace weir::app
