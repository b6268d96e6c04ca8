// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/broker/protocol/message_case.h"

#include <algorithm>

namespace weir::protocol::test {

std::vector<MessageCase> allMessageCases() {
    std::vector<MessageCase> cases;
    addRecordCases(cases);
    addTopicCases(cases);
    addGroupCases(cases);
    addTransactionCases(cases);
    addSecurityCases(cases);
    addClusterCases(cases);
    addShareCases(cases);
    std::ranges::stable_sort(cases, {}, &MessageCase::key);
    return cases;
}

}  // namespace weir::protocol::test
