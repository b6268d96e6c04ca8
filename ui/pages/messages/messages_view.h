// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>
#include <optional>

#include "ui/backend/backend.h"
#include "ui/widgets/navigation.h"

class QLabel;
class QMenu;
class QSplitter;
class QVBoxLayout;

namespace weir::ui {

class Banner;
class EmptyState;
class FeedRowSource;
class FilterBox;
class LiveControl;
class ProgressStrip;
class RecordInspector;
class RecordTable;
class StartBar;
class TimelineBar;

/// What was written to one topic: every offset of it, filtered, live, with an inspector. Looking changes nothing: no
/// group is joined and no offset is committed. Stands inside the topic page.
class MessagesView : public QWidget {
    Q_OBJECT

public:
    MessagesView(Backend& backend, QString topic, QWidget* parent = nullptr);
    ~MessagesView() override;

    void openQuery(const RecordQuery& query);
    void focusSearch();
    void refresh();
    [[nodiscard]] QVariantMap saveState() const;
    void restoreState(const QVariantMap& state);

Q_SIGNALS:
    void navigationRequested(const weir::ui::NavigationTarget& target);
    void said(const QString& sentence);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void buildTools(QVBoxLayout* column);
    void buildList(QVBoxLayout* column);
    void connectList();
    void connectInspector();
    /// Reads the controls and opens what they say.
    void run();
    void opened(qint64 row);
    void showProgress();
    void topicChanged();
    void loadTimeline();
    void seek(Timestamp at);
    void setRange(Timestamp from, Timestamp until);
    void showInspector(qint64 row, bool force);
    void chooseColumns();
    void setColumns(const QStringList& paths);
    void exportRecords();
    void copy(const std::vector<RowAddress>& rows, CopyForm form);
    void addCopyActions(QMenu& menu, const RecordRow& record);
    void rowMenu(qint64 row, const QString& columnId, const QPoint& at);

    Backend& m_backend;
    QString m_topic;
    std::unique_ptr<RecordFeed> m_feed;
    FeedRowSource* m_source;
    StartBar* m_start;
    FilterBox* m_filter;
    TimelineBar* m_timeline;
    LiveControl* m_live;
    RecordTable* m_table;
    ProgressStrip* m_strip;
    Banner* m_banner;
    EmptyState* m_empty;
    QLabel* m_note;
    QSplitter* m_splitter;
    RecordInspector* m_inspector;
    QTimer m_timelineTimer;
    std::optional<RecordQuery> m_query;
    QStringList m_columns;
    Timestamp m_stopAt = kNoTimestamp;
    qint64 m_timelineRecords = -1;
    /// Wanted in the inspector as soon as the row is there; -1: none.
    qint64 m_pendingRow = -1;
    bool m_everShown = false;
};

}  // namespace weir::ui
