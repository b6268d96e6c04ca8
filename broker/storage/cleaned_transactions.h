// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "broker/model/ids.h"
#include "broker/records/batch_header.h"
#include "broker/records/record_iterator.h"

namespace weir::storage {

/// What a compaction has to know of transactions: which batches were aborted, and which markers still end something.
/// It learns from the markers themselves, by looking through the dirty part once before anything is cleaned; in the
/// part cleaned earlier no aborted record is left. Rules: Kafka's CleanedTransactionMetadata. One thread.
class CleanedTransactions {
public:
    /// First pass, in offset order, over everything from the first dirty offset on. True as long as a transaction seen
    /// is undecided: then the batches behind the part to be cleaned matter, too.
    void learn(const records::BatchView& batch);
    [[nodiscard]] bool isUndecided() const { return !m_open.empty(); }

    /// A data batch of a transaction that was aborted: no record of it may stay.
    [[nodiscard]] bool isAborted(const records::BatchView& batch) const;

    /// Second pass, in offset order, over everything that is cleaned: a batch that is not a marker was met.
    void noteData(const records::BatchView& batch);
    /// A marker was met. True if nothing of its transaction is left in front of it, so that it may go once every reader
    /// has had its time.
    [[nodiscard]] bool endsNothing(const records::BatchView& marker);

private:
    /// Offsets of one transaction, from its first batch to its marker.
    struct Span {
        Offset first;
        Offset marker;
    };

    std::unordered_map<ProducerId, Offset> m_open;
    std::unordered_map<ProducerId, std::vector<Span>> m_aborted;
    std::unordered_set<ProducerId> m_withData;
    records::Codec m_codec;
    Bytes m_scratch;
};

}  // namespace weir::storage
