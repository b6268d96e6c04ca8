// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/list_transactions.h"

#include <algorithm>

#include "broker/groups/consumer/topic_pattern.h"
#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/handlers/transaction_wire.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::ListTransactionsRequest;
using protocol::ListTransactionsResponse;
using transactions::Transaction;

template <class List, class Value>
bool passes(const List& filter, const Value& value) {
    return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

ListTransactionsResponse listTransactions(Services& services, const Call& call, ListTransactionsRequest request) {
    ListTransactionsResponse response;
    std::vector<std::string> states;
    for (std::string& name : request.stateFilters) {
        const bool isKnown = transactions::stateNamed(name).has_value();
        (isKnown ? states : response.unknownStateFilters).push_back(std::move(name));
    }
    if (states.empty() && !response.unknownStateFilters.empty()) {
        return response;  // only states that nothing can be in
    }
    std::optional<groups::TopicPattern> pattern;
    if (request.transactionalIdPattern && !request.transactionalIdPattern->empty()) {
        pattern.emplace(*request.transactionalIdPattern);
        if (!pattern->error().empty()) {
            response.errorCode = ErrorCode::kInvalidRegularExpression;
            return response;
        }
    }
    const Timestamp now(services.clock.wallNowMs());
    for (const auto& [id, values] : services.transactions.list()) {
        const std::string state(stateName(values.state));
        const bool isLongEnough = request.durationFilter < 0 ||
                                  (values.startedAt != kNoTimestamp && now - values.startedAt > request.durationFilter);
        if (isLongEnough && passes(states, state) && passes(request.producerIdFilters, values.producerId) &&
            (!pattern || pattern->matches(id)) && mayTransaction(services, call, AclOperation::kDescribe, id)) {
            response.transactionStates.push_back({id, values.producerId, state, {}});
        }
    }
    return response;
}

}  // namespace

constinit const Handler kListTransactionsHandler = handledBy<listTransactions>(ListTransactionsRequest::kVersions);

}  // namespace weir::server
