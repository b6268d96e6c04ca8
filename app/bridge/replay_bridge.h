// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "app/bridge/cluster_directory.h"
#include "app/bridge/job_registry.h"
#include "app/bridge/workshop.h"
#include "app/replay/replay.h"
#include "ui/backend/replayer.h"

namespace weir::app {

/// Replays as jobs, within a cluster or to another one; a dry run is a job too, so that it can be stopped.
class ReplayBridge final : public ui::Replayer {
public:
    /// `others` outlives it; nullptr: there is no other cluster. `ownId` is this one's among them.
    ReplayBridge(Workshop& workshop, JobRegistry& jobs, const ClusterDirectory* others, QString ownId)
        : m_workshop(workshop), m_jobs(jobs), m_others(others), m_ownId(std::move(ownId)) {}

    void dryRun(const ui::ReplaySpec& spec, QObject* context, ui::Callback<ui::DryRun> done) override;
    ui::JobId start(const ui::ReplaySpec& spec) override;
    [[nodiscard]] std::vector<ui::ReplayTarget> targets() const override;
    [[nodiscard]] QString unfinished() const override;
    ui::JobId goOn() override;

private:
    struct Unfinished {
        ReplaySpec spec;
        QString title;
        std::shared_ptr<Cluster> target;
    };
    /// nullptr: it was closed meanwhile.
    [[nodiscard]] std::shared_ptr<Cluster> targetOf(const ui::ReplaySpec& spec) const;
    [[nodiscard]] ReplaySpec specOf(const ui::ReplaySpec& from) const;
    ui::JobId run(Unfinished work);

    Workshop& m_workshop;
    JobRegistry& m_jobs;
    const ClusterDirectory* m_others;
    QString m_ownId;
    std::optional<Unfinished> m_unfinished;
};

}  // namespace weir::app
