// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/bridge/job_registry.h"
#include "app/bridge/workshop.h"
#include "ui/backend/records.h"

namespace weir::app {

class RecordBridge final : public ui::RecordBrowser {
public:
    RecordBridge(Workshop& workshop, JobRegistry& jobs) : m_workshop(workshop), m_jobs(jobs) {}

    std::unique_ptr<ui::RecordFeed> makeFeed() override;
    void inspect(const ui::RowAddress& address, QObject* context, ui::Callback<ui::RecordDetail> done) override;
    void previousOfKey(const ui::RowAddress& address, QObject* context,
                       ui::Callback<std::optional<ui::RecordDetail>> done) override;
    void timeline(const QString& topic, int buckets, QObject* context,
                  ui::Callback<std::vector<ui::TimelineBucket>> done) override;
    void fields(const QString& topic, QObject* context, ui::Callback<QStringList> done) override;
    [[nodiscard]] ui::FilterCheck checkFilter(const QString& expression) const override;
    void tryFilter(const QString& expression, const ui::RowAddress& sample, QObject* context,
                   ui::Callback<ui::FilterTrial> done) override;
    void copyText(const std::vector<ui::RowAddress>& rows, ui::CopyForm form, QObject* context,
                  ui::Callback<QString> done) override;
    void exportTo(const ui::RecordQuery& query, const QString& path, ui::ExportForm form, QObject* context,
                  ui::Callback<qint64> done) override;

private:
    Workshop& m_workshop;
    JobRegistry& m_jobs;
};

}  // namespace weir::app
