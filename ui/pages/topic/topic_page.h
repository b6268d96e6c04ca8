// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

class QStackedWidget;

namespace weir::ui {

class ConfigEditor;
class PartitionsSection;
class ReadersSection;
class SegmentedControl;

/// The messages of a topic as the topic page sees them: a widget, and what to tell it. Functions may be empty.
struct MessagesSection {
    QWidget* widget = nullptr;
    std::function<void(const RecordQuery&)> openQuery;
    std::function<void()> focusSearch;
    std::function<void()> refresh;
    std::function<QVariantMap()> saveState;
    std::function<void(const QVariantMap&)> restoreState;
};

/// One topic: its messages first, then its partitions, its settings and the groups that read it. How messages are shown
/// is given by whoever makes the page, so that pages do not know each other; without it the page begins with
/// partitions.
class TopicPage : public Page {
    Q_OBJECT

public:
    using MakeMessages = std::function<MessagesSection(const QString& topic, Page& page)>;
    /// What can be done to the whole topic, for the menu of the header; nullptr separates.
    using MakeActions = std::function<QList<QAction*>(const QString& topic, Page& page)>;
    TopicPage(Backend& backend, const QString& topic, const MakeMessages& makeMessages = {},
              const MakeActions& makeActions = {}, QWidget* parent = nullptr);

    void focusSearch() override;
    void refresh() override;
    /// Sections "messages", "partitions" (also "storage"), "config", "groups".
    void open(const NavigationTarget& target) override;
    [[nodiscard]] QVariantMap saveState() const override;
    void restoreState(const QVariantMap& state) override;

private:
    void buildActions(const MakeActions& makeActions);
    void addSection(const QString& id, QWidget* widget);
    void buildConfig();
    void showSection(int index);
    void showState();
    void loadConfig();
    void applyConfig(const std::vector<ConfigChange>& changes);

    QString m_topic;
    QStringList m_ids;
    MessagesSection m_messages;
    SegmentedControl* m_sections = nullptr;
    QStackedWidget* m_stack = nullptr;
    PartitionsSection* m_partitions = nullptr;
    ConfigEditor* m_config = nullptr;
    ReadersSection* m_readers = nullptr;
    bool m_configLoaded = false;
};

}  // namespace weir::ui
