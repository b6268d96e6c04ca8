// SPDX-License-Identifier: GPL-3.0-or-later
#include <map>

#include "broker/groups/classic/classic_group.h"
#include "broker/groups/group_manager_impl.h"

/// Committed offsets: acknowledged when durable, read from memory, gone with their topic or their retention.
namespace weir::groups {
namespace {

OffsetCommitResponse answerTo(const OffsetCommitRequest& request, GroupErrc error) {
    OffsetCommitResponse response;
    response.topics.reserve(request.topics.size());
    for (const auto& topic : request.topics) {
        auto& answered = response.topics.emplace_back();
        answered.topicId = topic.topicId;
        answered.topic = topic.topic;
        answered.partitions.reserve(topic.partitions.size());
        for (const auto& partition : topic.partitions) {
            answered.partitions.push_back({partition.partition, error});
        }
    }
    return response;
}

OffsetFetchResponse::Partition answerFor(const StoredOffset* offset, PartitionId partition) {
    OffsetFetchResponse::Partition answer;
    answer.partition = partition;
    if (offset != nullptr) {
        answer.offset = offset->committed.offset;
        answer.leaderEpoch = offset->committed.leaderEpoch;
        answer.metadata = offset->committed.metadata;
    }
    return answer;
}

/// Every partition that was asked for, from `offsets`, or from nothing.
void fillNamed(const std::vector<OffsetFetchRequest::Topic>& asked, const OffsetTable* offsets, GroupErrc error,
               OffsetFetchResponse& response) {
    for (const auto& topic : asked) {
        auto& answered = response.topics.emplace_back();
        answered.topicId = topic.topicId;
        answered.topic = topic.topic;
        for (const auto partition : topic.partitions) {
            const auto* found = offsets ? offsets->find(topic.topic, partition) : nullptr;
            answered.partitions.push_back(answerFor(found, partition));
            answered.partitions.back().error = error;
        }
    }
}

void fillAll(const OffsetTable& offsets, OffsetFetchResponse& response) {
    offsets.forEach([&](const StoredOffset& offset) {
        const auto& [topic, partition] = offset.committed.partition;
        if (response.topics.empty() || response.topics.back().topic != topic) {
            response.topics.emplace_back().topic = topic;
        }
        response.topics.back().partitions.push_back(answerFor(&offset, partition));
    });
}

/// A transaction may be about to move these offsets: whoever requires stable ones has to ask again (KIP-447).
void hideUnstable(const GroupCell& cell, OffsetFetchResponse& response) {
    for (auto& topic : response.topics) {
        for (auto& partition : topic.partitions) {
            if (cell.isStaged(topic.topic, partition.partition)) {
                partition = answerFor(nullptr, partition.partition);
                partition.error = GroupErrc::kUnstableOffsetCommit;
            }
        }
    }
}

/// Whether the commit may be stored.
GroupErrc judge(const GroupCell& cell, const OffsetCommitRequest& request) {
    if (!request.transaction) {
        return cell.group()->checkCommit(request);
    }
    // Before KIP-447 a transaction's commit did not say which member it comes from.
    const bool isAnonymous = request.generationOrEpoch.value < 0 && request.memberId.empty() && !request.instanceId;
    if (!isAnonymous) {
        const auto error = cell.group()->checkCommit(request);
        if (error != GroupErrc::kNone) {
            return error == GroupErrc::kStaleMemberEpoch ? GroupErrc::kIllegalGeneration : error;
        }
    }
    return request.transaction->admit();
}

}  // namespace

void GroupManager::Impl::commitOffsets(OffsetCommitRequest request, Completion<OffsetCommitResponse> done) {
    if (const auto error = unavailable(); error != GroupErrc::kNone) {
        return done(answerTo(request, error));
    }
    const bool standsAlone = request.generationOrEpoch.value < 0;
    const auto absent =
        request.apiVersion >= 9 && !request.transaction ? GroupErrc::kGroupIdNotFound : GroupErrc::kIllegalGeneration;
    const auto groupId = request.groupId;
    bool isVoid = false;
    const bool found = m_registry.with(
        groupId, standsAlone ? IfMissing::kCreateCell : IfMissing::kNothing,
        [&](GroupCell& cell) {
            if (!cell.group()) {
                if (!standsAlone) {
                    return false;
                }
                cell.adopt(std::make_unique<ClassicGroup>(cell));
            }
            commitTo(cell, std::move(request), std::move(done));
            isVoid = cell.discardIfVoid();
            return true;
        },
        [] { return false; });
    if (!found) {
        done(answerTo(request, missing(absent)));
    } else if (isVoid) {
        m_registry.dropIfIdle(groupId);
    }
}

void GroupManager::Impl::commitTo(GroupCell& cell, OffsetCommitRequest request, Completion<OffsetCommitResponse> done) {
    if (const auto error = judge(cell, request); error != GroupErrc::kNone) {
        return cell.answer(std::move(done), answerTo(request, error));
    }
    auto response = answerTo(request, GroupErrc::kNone);
    const auto now = cell.wallNow();
    const auto expireAt = request.retention ? now + request.retention->count() : kNoTimestamp;
    std::vector<StoredOffset> offsets;
    for (std::size_t t = 0; t < request.topics.size(); ++t) {
        auto& topic = request.topics[t];
        for (std::size_t p = 0; p < topic.partitions.size(); ++p) {
            auto& partition = topic.partitions[p];
            auto metadata = std::move(partition.metadata).value_or("");
            if (metadata.size() > cell.options().maxOffsetMetadataBytes) {
                response.topics[t].partitions[p].error = GroupErrc::kOffsetMetadataTooLarge;
                continue;
            }
            offsets.push_back({{{topic.topic, partition.partition},
                                partition.offset,
                                partition.leaderEpoch,
                                std::move(metadata),
                                now},
                               expireAt});
        }
    }
    if (offsets.empty()) {
        return cell.answer(std::move(done), std::move(response));
    }
    auto answer = [response = std::move(response), done = std::move(done)](bool durable) mutable {
        for (auto& topic : response.topics) {
            for (auto& partition : topic.partitions) {
                if (!durable && partition.error == GroupErrc::kNone) {
                    partition.error = GroupErrc::kCoordinatorNotAvailable;
                }
            }
        }
        done(std::move(response));
    };
    if (request.transaction) {
        cell.stageOffsets(request.transaction->producerId, std::move(offsets), std::move(answer));
    } else {
        cell.putOffsets(std::move(offsets), std::move(answer));
    }
}

void GroupManager::Impl::endStaged(const std::string& groupId, StagedEnd end, Completion<bool> done) {
    if (unavailable() != GroupErrc::kNone) {
        return done(false);
    }
    const bool found = m_registry.with(
        groupId, IfMissing::kNothing,
        [&](GroupCell& cell) {
            cell.endStaged(end, std::move(done));
            return true;
        },
        [] { return false; });
    if (!found) {
        // A group that is gone has taken what was staged with it.
        done(unavailable() == GroupErrc::kNone);
    }
}

OffsetFetchResponse GroupManager::Impl::fetchOffsets(const OffsetFetchRequest& request) {
    OffsetFetchResponse response;
    response.groupId = request.groupId;
    response.error = unavailable();
    const auto cell = response.error == GroupErrc::kNone ? m_registry.find(request.groupId) : nullptr;
    if (!cell) {
        if (request.topics) {
            fillNamed(*request.topics, nullptr, response.error, response);
        }
        return response;
    }
    cell->reading([&](const GroupCell& c) {
        response.error = c.group() ? c.group()->checkFetch(request) : GroupErrc::kNone;
        if (request.topics) {
            const auto* offsets = c.group() && response.error == GroupErrc::kNone ? &c.offsets() : nullptr;
            fillNamed(*request.topics, offsets, response.error, response);
        } else if (response.error == GroupErrc::kNone && c.group()) {
            fillAll(c.offsets(), response);
        }
        if (request.requireStable && c.hasStaged()) {
            hideUnstable(c, response);
        }
    });
    return response;
}

void GroupManager::Impl::deleteOffsets(OffsetDeleteRequest request, Completion<OffsetDeleteResponse> done) {
    OffsetDeleteResponse response;
    response.error = unavailable();
    if (response.error != GroupErrc::kNone) {
        return done(std::move(response));
    }
    const bool found = m_registry.with(
        request.groupId, IfMissing::kNothing,
        [&](GroupCell& cell) {
            if (!cell.group()) {
                return false;
            }
            response.error = cell.group()->checkOffsetDelete();
            std::vector<TopicPartition> doomed;
            for (auto& partition : request.partitions) {
                if (response.error != GroupErrc::kNone) {
                    break;
                }
                const bool inUse = cell.group()->isSubscribedTo(partition.topic);
                if (!inUse) {
                    doomed.push_back(partition);
                }
                response.partitions.push_back(
                    {std::move(partition), inUse ? GroupErrc::kGroupSubscribedToTopic : GroupErrc::kNone});
            }
            if (doomed.empty()) {
                cell.answer(std::move(done), std::move(response));
                return true;
            }
            cell.removeOffsets(std::move(doomed),
                               [response = std::move(response), done = std::move(done)](bool durable) mutable {
                                   if (!durable) {
                                       response.error = GroupErrc::kCoordinatorNotAvailable;
                                   }
                                   done(std::move(response));
                               });
            return true;
        },
        [] { return false; });
    if (!found) {
        response.error = missing(GroupErrc::kGroupIdNotFound);
        done(std::move(response));
    }
}

void GroupManager::Impl::setOffsets(SetOffsetsRequest request, Completion<GroupErrc> done) {
    std::vector<StoredOffset> offsets;
    const Timestamp now(m_environment->clock.wallNowMs());
    for (auto& entry : request.offsets) {
        offsets.push_back(
            {{std::move(entry.partition), entry.offset, entry.leaderEpoch, std::move(entry.metadata), now},
             kNoTimestamp});
    }
    putAbsolute(request.groupId, std::move(offsets), Where::kEmptyGroup, std::move(done));
}

void GroupManager::Impl::topicRestored(const std::string& groupId, std::vector<StoredOffset> offsets,
                                       Completion<GroupErrc> done) {
    putAbsolute(groupId, std::move(offsets), Where::kAnyGroup, std::move(done));
}

void GroupManager::Impl::putAbsolute(const std::string& groupId, std::vector<StoredOffset> offsets, Where where,
                                     Completion<GroupErrc> done) {
    auto error = unavailable();
    if (error == GroupErrc::kNone && !offsets.empty()) {
        error = m_registry.with(
            groupId, IfMissing::kCreateCell,
            [&](GroupCell& cell) {
                if (!cell.group()) {
                    cell.adopt(std::make_unique<ClassicGroup>(cell));
                }
                if (where == Where::kEmptyGroup && cell.group()->state() != GroupState::kEmpty) {
                    return GroupErrc::kNonEmptyGroup;
                }
                if (where == Where::kAnyGroup) {
                    std::erase_if(offsets, [&](const StoredOffset& offset) {
                        const auto& [topic, partition] = offset.committed.partition;
                        return cell.offsets().find(topic, partition) != nullptr;
                    });
                }
                cell.putOffsets(std::move(offsets), [done = std::move(done)](bool durable) mutable {
                    done(durable ? GroupErrc::kNone : GroupErrc::kCoordinatorNotAvailable);
                });
                return GroupErrc::kNone;
            },
            [&] { return missing(GroupErrc::kCoordinatorNotAvailable); });
    }
    if (done) {
        done(error);
    }
}

void GroupManager::Impl::topicDeleted(const std::string& topic) {
    for (const auto& cell : m_registry.all()) {
        cell->locked([&](GroupCell& c) { c.forgetTopic(topic); });
    }
    topicsChanged();
}

void GroupManager::Impl::expireOffsets() {
    for (const auto& cell : m_registry.all()) {
        cell->locked([&](GroupCell& c) {
            if (!c.isRetired() && !c.isStopped() && c.group()) {
                expireIn(c);
            }
        });
        m_registry.dropIfIdle(cell->groupId());
    }
}

void GroupManager::Impl::expireIn(GroupCell& cell) {
    const auto now = cell.wallNow();
    const auto retention = cell.options().offsetsRetention.count();
    std::vector<TopicPartition> expired;
    bool anyLeft = false;
    std::map<std::string, OffsetExpiry> rules;
    cell.offsets().forEach([&](const StoredOffset& offset) {
        const auto& topic = offset.committed.partition.topic;
        auto rule = rules.find(topic);
        if (rule == rules.end()) {
            rule = rules.emplace(topic, cell.group()->expiryOf(topic)).first;
        }
        const auto& expiry = rule->second;
        auto base = offset.committed.committedAt;
        if (expiry.rule == OffsetExpiry::Rule::kSinceEmptied) {
            base = std::max(base, expiry.emptiedAt);
        }
        const bool over = offset.expireAt != kNoTimestamp ? now >= offset.expireAt : now - base >= retention;
        if (expiry.rule != OffsetExpiry::Rule::kNever && over) {
            expired.push_back(offset.committed.partition);
        } else {
            anyLeft = true;
        }
    });
    if (!expired.empty()) {
        cell.log().info("group {}: {} committed offsets have outlived their retention", cell.groupId(), expired.size());
    }
    if (!anyLeft && !cell.hasStaged() && cell.group()->isDeletable() && cell.group()->expires()) {
        cell.removeGroup([](bool) {});
    } else if (!expired.empty()) {
        cell.removeOffsets(std::move(expired), [](bool) {});
    }
}

}  // namespace weir::groups
