// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/storage/cleaned_transactions.h"

#include <algorithm>

namespace weir::storage {

using records::BatchView;

void CleanedTransactions::learn(const BatchView& batch) {
    if (!batch.isTransactional()) {
        return;
    }
    if (!batch.isControl()) {
        m_open.emplace(batch.producerId(), batch.baseOffset());
        return;
    }
    const auto open = m_open.find(batch.producerId());
    if (open == m_open.end()) {
        return;
    }
    const Offset first = open->second;
    m_open.erase(open);
    auto records = records::RecordIterator::open(batch, m_codec, m_scratch);
    RecordView record;
    if (!records || !records->next(record)) {
        return;
    }
    const auto marker = records::readEndMarker(record);
    if (marker && marker->type == records::MarkerType::kAbort) {
        m_aborted[batch.producerId()].push_back({first, batch.baseOffset()});
    }
}

bool CleanedTransactions::isAborted(const BatchView& batch) const {
    if (!batch.isTransactional() || batch.isControl()) {
        return false;
    }
    const auto found = m_aborted.find(batch.producerId());
    if (found == m_aborted.end()) {
        return false;
    }
    const auto& spans = found->second;
    const auto behind = std::upper_bound(spans.begin(), spans.end(), batch.baseOffset(),
                                         [](Offset offset, const Span& span) { return offset < span.first; });
    return behind != spans.begin() && batch.baseOffset() < std::prev(behind)->marker;
}

void CleanedTransactions::noteData(const BatchView& batch) {
    if (batch.isTransactional()) {
        m_withData.insert(batch.producerId());
    }
}

bool CleanedTransactions::endsNothing(const BatchView& marker) {
    return m_withData.erase(marker.producerId()) == 0;
}

}  // namespace weir::storage
