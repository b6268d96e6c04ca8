// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/job_registry.h"
#include "app/bridge/workshop.h"
#include "ui/backend/replayer.h"

namespace weir::app {

/// Replays as jobs; a dry run is a job too, so that it can be stopped.
class ReplayBridge final : public ui::Replayer {
public:
    ReplayBridge(Workshop& workshop, JobRegistry& jobs) : m_workshop(workshop), m_jobs(jobs) {}

    void dryRun(const ui::ReplaySpec& spec, QObject* context, ui::Callback<ui::DryRun> done) override;
    ui::JobId start(const ui::ReplaySpec& spec) override;

private:
    Workshop& m_workshop;
    JobRegistry& m_jobs;
};

}  // namespace weir::app
