// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/search/matcher.h"

#include <algorithm>

#include "app/search/sieve.h"

namespace weir::app {

Result<Matcher, FilterError> Matcher::make(std::string_view text, bool isExpression, Timestamp now) {
    Matcher matcher;
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return matcher;
    }
    if (!isExpression) {
        matcher.m_what.emplace<TextSearch>(text);
        matcher.m_sieve = makeTextSieve(text);
        return matcher;
    }
    auto filter = Filter::compile(text, now);
    if (!filter) {
        return fail(FilterError(filter.error()));
    }
    matcher.m_sieve = filter->makeSieve();
    matcher.m_what = *std::move(filter);
    return matcher;
}

namespace {

bool textMatches(const TextSearch& text, const RecordView& record) {
    if ((record.value && text.isIn(*record.value)) || (record.key && text.isIn(*record.key))) {
        return true;
    }
    // The raw bytes also hold lengths, so a hit there is only a reason to look closer.
    if (record.headerCount == 0 || !text.isIn(record.rawHeaders)) {
        return false;
    }
    const auto headers = decodeHeaders(record);
    return std::any_of(headers.begin(), headers.end(), [&text](const Header& header) {
        return text.isIn(asBytes(header.key)) || (header.value && text.isIn(*header.value));
    });
}

}  // namespace

bool Matcher::matches(const RecordView& record, PartitionId partition, Scratch& scratch) const {
    if (const auto* text = std::get_if<TextSearch>(&m_what)) {
        return textMatches(*text, record);
    }
    if (const auto* filter = std::get_if<Filter>(&m_what)) {
        return filter->matches(record, partition, scratch);
    }
    return true;
}

}  // namespace weir::app
