// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "app/search/expression.h"
#include "broker/model/record.h"
#include "broker/model/record_sieve.h"

namespace weir::app {

/// A compiled filter expression. Immutable; any number of threads may use one, each with its own Scratch.
///
/// What is compared with what: a number in quotes or as text compares as a number beside a number; a key of 1, 2, 4 or
/// 8 bytes that is no text reads as a big-endian integer; a field that is missing or null equals only null, and every
/// order comparison with it is false.
class Filter {
public:
    class Scratch;

    static Result<Filter, FilterError> compile(std::string_view text, Timestamp now);
    Filter(Filter&&) noexcept;
    Filter& operator=(Filter&&) noexcept;
    ~Filter();

    [[nodiscard]] bool matches(const RecordView& record, PartitionId partition, Scratch& scratch) const;
    /// One line a comparison: "value.price = 93.2, > 100 is false".
    [[nodiscard]] std::string explain(const RecordView& record, PartitionId partition, Scratch& scratch) const;

    /// What a record must hold in its raw bytes to match, where the expression says so: a text or a pattern that no
    /// match can do without. nullptr: nothing.
    [[nodiscard]] std::unique_ptr<const RecordSieve> makeSieve() const;

private:
    struct Program;
    explicit Filter(std::unique_ptr<Program> program);
    std::unique_ptr<const Program> m_program;
};

/// Memory that evaluation reuses from record to record. One thread.
class Filter::Scratch {
public:
    Scratch();
    ~Scratch();
    Scratch(Scratch&&) noexcept;
    Scratch& operator=(Scratch&&) noexcept;

private:
    friend class Filter;
    struct Memory;
    std::unique_ptr<Memory> m_memory;
};

}  // namespace weir::app
