// SPDX-License-Identifier: GPL-3.0-or-later
#include "broker/protocol/messages/alter_user_scram_credentials.h"

#include <map>

#include "broker/server/authorize.h"
#include "broker/server/handlers/handlers.h"
#include "broker/server/services.h"

namespace weir::server {

namespace {

using protocol::AlterUserScramCredentialsRequest;
using protocol::AlterUserScramCredentialsResponse;
using protocol::ErrorCode;
using security::ScramMechanism;
using security::ScramUsers;

struct Refusal {
    ErrorCode code = ErrorCode::kNone;
    std::string message;
};

Refusal judge(const std::string& name, std::int8_t mechanism) {
    if (name.empty()) {
        return {ErrorCode::kUnacceptableCredential, "Username must not be empty"};
    }
    if (mechanism != static_cast<std::int8_t>(ScramMechanism::kSha256) &&
        mechanism != static_cast<std::int8_t>(ScramMechanism::kSha512)) {
        return {ErrorCode::kUnsupportedSaslMechanism, "Unknown SCRAM mechanism"};
    }
    return {};
}

Refusal judge(const AlterUserScramCredentialsRequest::ScramCredentialUpsertion& wanted) {
    if (auto refusal = judge(wanted.name, wanted.mechanism); refusal.code != ErrorCode::kNone) {
        return refusal;
    }
    if (wanted.iterations < security::kMinScramIterations) {
        return {ErrorCode::kUnacceptableCredential, "Too few iterations"};
    }
    if (wanted.iterations > security::kMaxScramIterations) {
        return {ErrorCode::kUnacceptableCredential, "Too many iterations"};
    }
    if (wanted.salt.empty() || wanted.saltedPassword.empty()) {
        return {ErrorCode::kUnacceptableCredential, "Salt and salted password must not be empty"};
    }
    return {};
}

/// What is wrong, by user: none of a user's changes is made when one of them cannot be.
class Verdicts {
public:
    void note(const std::string& user, Refusal refusal) {
        Refusal& known = m_users[user];
        if (known.code == ErrorCode::kNone) {
            known = std::move(refusal);
        }
    }
    [[nodiscard]] bool isFine(const std::string& user) const { return m_users.at(user).code == ErrorCode::kNone; }
    [[nodiscard]] const std::map<std::string, Refusal>& all() const { return m_users; }

private:
    std::map<std::string, Refusal> m_users;
};

Verdicts judge(const Services& services, const AlterUserScramCredentialsRequest& request) {
    Verdicts verdicts;
    std::map<std::pair<std::string, std::int8_t>, int> mentions;
    for (const auto& each : request.deletions) {
        verdicts.note(each.name, judge(each.name, each.mechanism));
        ++mentions[{each.name, each.mechanism}];
        const auto mechanism = static_cast<ScramMechanism>(each.mechanism);
        if (verdicts.isFine(each.name) && !services.scramUsers->find(mechanism, each.name)) {
            verdicts.note(each.name,
                          {ErrorCode::kResourceNotFound, "Attempt to delete a user credential that does not exist"});
        }
    }
    for (const auto& each : request.upsertions) {
        verdicts.note(each.name, judge(each));
        ++mentions[{each.name, each.mechanism}];
    }
    for (const auto& [key, times] : mentions) {
        if (times > 1) {
            verdicts.note(key.first, {ErrorCode::kDuplicateResource,
                                      "A user credential cannot be altered twice in the same request"});
        }
    }
    return verdicts;
}

AlterUserScramCredentialsResponse alterUsers(Services& services, const Call& call,
                                             AlterUserScramCredentialsRequest request) {
    Verdicts verdicts = judge(services, request);
    Refusal whole;
    if (!mayCluster(services, call, AclOperation::kAlter)) {
        whole = {ErrorCode::kClusterAuthorizationFailed,
                 std::string(protocol::errorSentence(ErrorCode::kClusterAuthorizationFailed))};
    } else {
        std::map<ScramUsers::Key, security::ScramCredential> put;
        std::vector<ScramUsers::Key> remove;
        for (const auto& each : request.deletions) {
            if (verdicts.isFine(each.name)) {
                remove.push_back({each.name, static_cast<ScramMechanism>(each.mechanism)});
            }
        }
        for (auto& each : request.upsertions) {
            if (verdicts.isFine(each.name)) {
                const auto mechanism = static_cast<ScramMechanism>(each.mechanism);
                put[{each.name, mechanism}] = security::scramCredential(
                    mechanism, each.iterations, std::move(each.salt), ByteView(each.saltedPassword));
            }
        }
        if (auto changed = services.scramUsers->change(put, remove); !changed) {
            whole = {ErrorCode::kKafkaStorageError, changed.error().message};
        }
    }
    AlterUserScramCredentialsResponse response;
    for (const auto& [user, own] : verdicts.all()) {
        const Refusal& refusal = whole.code == ErrorCode::kNone ? own : whole;
        auto& result = response.results.emplace_back();
        result.user = user;
        result.errorCode = refusal.code;
        result.errorMessage.reset();
        if (refusal.code != ErrorCode::kNone) {
            result.errorMessage = refusal.message;
            call.noteError();
        }
    }
    return response;
}

}  // namespace

constinit const Handler kAlterUserScramCredentialsHandler =
    handledBy<alterUsers>(AlterUserScramCredentialsRequest::kVersions);

}  // namespace weir::server
