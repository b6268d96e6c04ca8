// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "broker/model/operations.h"
#include "broker/model/record.h"

namespace weir::folder {

/// Transactional ids as the records of __transaction_state tell them, the latest of each (Kafka's TransactionLogKey
/// and -Value). `first` and `holdsReaders` of a place are not known here. One thread.
class TransactionLog {
public:
    void add(const RecordView& record);

    /// By id.
    [[nodiscard]] std::vector<TransactionInfo> transactions() const;

private:
    std::map<std::string, TransactionInfo> m_known;
};

}  // namespace weir::folder
