// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QVariantMap>
#include <QWidget>
#include <functional>

#include "ui/backend/backend.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/navigation.h"

class QHBoxLayout;
class QMenu;
class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace weir::ui {

class EmptyState;
class SidePanel;

/// The frame of every page: header (title, one line of facts, controls, at most three actions and a menu for the rest),
/// banner, content or empty state, an inspector at the right that can be resized and hidden, one side panel over it,
/// and the undo bar. A page is made when it is first shown and is deleted with its tab; the backend outlives it.
///
///     class TopicsPage : public Page {
///     public:
///         explicit TopicsPage(Backend& backend) : Page(backend, "topics") {
///             setTitle(tr("Topics"));
///             addHeaderAction(m_create, ButtonKind::kPrimary);
///             setContent(m_table);
///         }
///     };
class Page : public QWidget {
    Q_OBJECT

public:
    /// `name` prefixes what this page remembers, e.g. "topics": its inspector's width is "topics/inspector".
    Page(Backend& backend, QString name, QWidget* parent = nullptr);
    ~Page() override;

    [[nodiscard]] QString title() const;
    [[nodiscard]] QString name() const { return m_name; }

    /// `/` was pressed. The default does nothing.
    virtual void focusSearch() {}
    /// The page came to the front: the default gives the focus to its list, so that arrows work at once.
    virtual void focusContent();
    /// F5. The default does nothing: most pages are live anyway.
    virtual void refresh() {}
    /// The page was asked for (again), with what the target brings along.
    virtual void open(const NavigationTarget& target);
    /// What comes back at the next start, beside what settings hold; small plain values.
    [[nodiscard]] virtual QVariantMap saveState() const { return {}; }
    virtual void restoreState(const QVariantMap& state);

    void showProblem(const QString& sentence);
    void clearProblem();
    void say(const QString& sentence);
    /// Why the cluster cannot do it from here, empty where it can. Said below the header as well, each reason once: who
    /// finds a control switched off should not have to look for the reason.
    QString forbidden(Feature feature);
    /// "Deleted 3 topics." with an Undo button.
    void offerUndo(const QString& sentence, std::function<void()> undo);
    /// The panel belongs to the page from now on and slides in; an open one is closed first.
    void openPanel(SidePanel* panel);

Q_SIGNALS:
    void titleChanged(const QString& title);
    /// The shell answers it.
    void navigationRequested(const weir::ui::NavigationTarget& target);

protected:
    [[nodiscard]] Backend& backend() const { return m_backend; }
    [[nodiscard]] static Theme& theme() { return Theme::of(); }

    void setTitle(const QString& title);
    /// One line beside the title: "12 topics · 48 partitions · 3.1 GB". Ticks without moving what stands around it.
    void setFacts(const QString& facts);
    /// A control in the header, left of the actions: a segmented control, a live control.
    void addHeaderWidget(QWidget* widget);
    /// At most three; the shortcut of an action works while the page is in front.
    void addHeaderAction(QAction* action, ButtonKind kind = ButtonKind::kOrdinary);
    /// Behind "…" at the end of the header, which a right click on the header opens too.
    void addMenuAction(QAction* action);
    void addMenuSeparator();

    /// What fills the page below the header, edge to edge (a table, a splitter).
    void setContent(QWidget* content);
    /// For pages that lay out several things: a column with the page's margins, made on first use as the content.
    [[nodiscard]] QVBoxLayout* body();
    /// A row between header and content, with the page's margins: search field, filters.
    [[nodiscard]] QHBoxLayout* toolRow();

    /// Shown in place of the content while there is nothing to show.
    void setEmptyState(EmptyState* empty);
    void showEmpty();
    void showContent();

    /// At the right of the content, resizable; hidden until shown. Its width is remembered; `width` is the first one.
    void setInspector(QWidget* inspector, int width = 420);
    [[nodiscard]] QWidget* inspector() const { return m_inspector; }
    void setInspectorVisible(bool visible);
    [[nodiscard]] bool isInspectorVisible() const;

    [[nodiscard]] SidePanel* panel() const { return m_panel; }
    [[nodiscard]] Banner& banner() { return *m_banner; }

    void go(const NavigationTarget& target) { Q_EMIT navigationRequested(target); }
    void openTopic(const QString& topic, const QString& section = {});
    void openGroup(const QString& group);
    void openMessages(const RecordQuery& query);
    void openPublish(const QString& topic, const std::optional<OutgoingRecord>& record = std::nullopt);
    void openReplay(const ReplaySpec& spec);

private:
    void buildHeader();

    Backend& m_backend;
    QString m_name;
    QLabel* m_title = nullptr;
    ElidedLabel* m_facts = nullptr;
    QHBoxLayout* m_headerWidgets = nullptr;
    QHBoxLayout* m_headerActions = nullptr;
    QToolButton* m_more = nullptr;
    QMenu* m_menu = nullptr;
    QWidget* m_header = nullptr;
    QWidget* m_toolRow = nullptr;
    QVBoxLayout* m_column = nullptr;
    QVBoxLayout* m_body = nullptr;
    QStackedWidget* m_stack = nullptr;
    QSplitter* m_splitter = nullptr;
    QWidget* m_content = nullptr;
    QWidget* m_inspector = nullptr;
    int m_inspectorWidth = 420;
    EmptyState* m_empty = nullptr;
    SidePanel* m_panel = nullptr;
    Banner* m_banner = nullptr;
    Banner* m_limits = nullptr;
    QStringList m_reasons;
    UndoBar* m_undo = nullptr;
};

}  // namespace weir::ui
