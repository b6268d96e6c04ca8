// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/job_registry.h"
#include "app/bridge/workshop.h"
#include "ui/backend/publisher.h"

namespace weir::app {

class PublishBridge final : public ui::Publisher {
public:
    PublishBridge(Workshop& workshop, JobRegistry& jobs) : m_workshop(workshop), m_jobs(jobs) {}

    void publish(const QString& topic, const OutgoingRecord& record, const ProduceOptions& options, QObject* context,
                 ui::Callback<PublishedRecord> done) override;
    ui::JobId startRepeat(const ui::RepeatSpec& spec) override;
    ui::JobId startFile(const ui::FileSpec& spec) override;
    [[nodiscard]] ClusterResult<QString> previewTemplate(const QString& text) const override;
    void previewFile(const ui::FileSpec& spec, QObject* context, ui::Callback<QStringList> done) override;

private:
    Workshop& m_workshop;
    JobRegistry& m_jobs;
};

}  // namespace weir::app
