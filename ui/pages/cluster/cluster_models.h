// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <tuple>

#include "broker/model/cluster_state.h"
#include "ui/widgets/keyed_model.h"

namespace weir::ui {

struct FolderRow {
    /// Without its replicas, which are rows of their own.
    LogDir dir;
    qint64 replicas = 0;
    qint64 sizeBytes = 0;

    [[nodiscard]] auto key() const { return std::tie(dir.broker, dir.path); }
    bool operator==(const FolderRow&) const = default;
};
/// Folder, broker, state, replicas, size of the logs, how full the disk is, usable, total.
std::vector<KeyedColumn<FolderRow>> folderColumns();
std::vector<FolderRow> folderRows(const std::vector<LogDir>& all);

struct ReplicaRow {
    BrokerId broker{-1};
    std::string path;
    LogDirReplica replica;
    /// Of the largest one.
    double share = 0;

    [[nodiscard]] auto key() const { return std::tie(replica.partition, broker, path, replica.isFuture); }
    bool operator==(const ReplicaRow&) const = default;
};
/// Partition, broker, folder, size, offset lag, state.
std::vector<KeyedColumn<ReplicaRow>> replicaColumns();
struct ReplicaRows {
    /// Of all that fit, the largest; by key.
    std::vector<ReplicaRow> rows;
    qint64 all = 0;
};
/// Of the folders that `isWanted` lets through, partitions with `text` in their name; at most `most` of them.
ReplicaRows replicaRows(const std::vector<LogDir>& all, const std::function<bool(const LogDir& dir)>& isWanted,
                        const QString& text, std::size_t most);

struct QuorumRow {
    QuorumReplica replica;
    bool isLeader = false;
    /// -1: unknown.
    qint64 lag = -1;
    /// By the second.
    Timestamp now;

    [[nodiscard]] auto key() const { return std::tie(replica.id, replica.directory); }
    bool operator==(const QuorumRow&) const = default;
};
/// Node, role, log end offset, lag, last caught up, last fetch, listeners, directory id.
std::vector<KeyedColumn<QuorumRow>> quorumColumns();
std::vector<QuorumRow> quorumRows(const QuorumInfo& info, Timestamp now);

struct FeatureRow {
    FeatureState state;

    [[nodiscard]] const std::string& key() const { return state.name; }
    bool operator==(const FeatureRow&) const = default;
};
/// Feature, state, finalized level, lowest and highest supported one, what it is for.
std::vector<KeyedColumn<FeatureRow>> featureColumns();

}  // namespace weir::ui
