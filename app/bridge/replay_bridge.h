// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "app/bridge/cluster_directory.h"
#include "app/bridge/job_registry.h"
#include "app/bridge/replay_shelf.h"
#include "app/bridge/workshop.h"
#include "app/replay/replay.h"
#include "ui/backend/replayer.h"

namespace weir::app {

/// Replays as jobs, within a cluster or to another one; a dry run is a job too, so that it can be stopped. Those that
/// do not come to their end are kept, beyond the life of the program where a file is given.
class ReplayBridge final : public ui::Replayer {
public:
    /// `others` outlives it; nullptr: there is no other cluster. `ownId` is this one's among them. `file` is that of
    /// replays that are not at their end; empty: none.
    ReplayBridge(Workshop& workshop, JobRegistry& jobs, const ClusterDirectory* others, QString ownId,
                 const QString& file);

    void dryRun(const ui::ReplaySpec& spec, QObject* context, ui::Callback<ui::DryRun> done) override;
    ui::JobId start(const ui::ReplaySpec& spec) override;
    [[nodiscard]] std::vector<ui::ReplayTarget> targets() const override;
    [[nodiscard]] std::vector<ui::UnfinishedReplay> unfinished() const override;
    ui::JobId goOn(const QString& id) override;
    void forget(const QString& id) override;

private:
    struct Left {
        StoredReplay replay;
        bool isRunning = false;
    };
    struct Target {
        /// nullptr: it was closed meanwhile, or never opened.
        std::shared_ptr<Cluster> cluster;
        QString whyNot;
    };
    [[nodiscard]] Target targetOf(const QString& id) const;
    [[nodiscard]] ReplaySpec specOf(const ui::ReplaySpec& from) const;
    [[nodiscard]] Left* find(const std::string& id);
    [[nodiscard]] QString whyNot(const StoredReplay& replay) const;
    ui::JobId run(Left& work);
    void ended(const std::string& id, const ReplayCheckpoint& at, const ClusterResult<QString>& result);

    Workshop& m_workshop;
    JobRegistry& m_jobs;
    const ClusterDirectory* m_others;
    QString m_ownId;
    std::shared_ptr<ReplayShelf> m_shelf;
    /// The newest first, those that run among them.
    std::vector<Left> m_left;
};

}  // namespace weir::app
