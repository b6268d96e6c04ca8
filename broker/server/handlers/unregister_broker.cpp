// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/unregister_broker.h"

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::ErrorCode;
using protocol::UnregisterBrokerRequest;
using protocol::UnregisterBrokerResponse;

/// Always a refusal. Kafka lets a cluster of one strike out its only broker, which then serves nobody until it is
/// started again; that helps nobody.
UnregisterBrokerResponse unregisterBroker(Services& services, const Call& call, UnregisterBrokerRequest request) {
    UnregisterBrokerResponse response;
    const std::string id = std::to_string(request.brokerId.value);
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        response.errorCode = ErrorCode::kClusterAuthorizationFailed;
        response.errorMessage = std::string(protocol::errorSentence(response.errorCode));
    } else if (request.brokerId != services.self) {
        response.errorCode = ErrorCode::kBrokerIdNotRegistered;
        response.errorMessage = "There is no broker with the id " + id + ".";
    } else {
        response.errorCode = ErrorCode::kPolicyViolation;
        response.errorMessage = "Broker " + id + " is the only one; without it nothing would be served.";
    }
    return response;
}

}  // namespace

constinit const Handler kUnregisterBrokerHandler = handledBy<unregisterBroker>(UnregisterBrokerRequest::kVersions);

}  // namespace weir::server
