// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractListModel>
#include <QFrame>
#include <functional>
#include <vector>

class QLineEdit;
class QListView;

namespace weir::ui {

/// Something the palette can go to or do.
struct PaletteItem {
    QString icon;
    QString text;
    /// At the right: "Topic", "Group", "Ctrl+W".
    QString note;
    std::function<void()> run;
};

/// The best matches first; at most fifty.
class PaletteModel : public QAbstractListModel {
    Q_OBJECT

public:
    static constexpr std::size_t kShown = 50;

    using QAbstractListModel::QAbstractListModel;
    void setItems(std::vector<PaletteItem> items);
    void search(const QString& query);
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] const PaletteItem& item(int row) const;
    /// Which characters of a row's text matched.
    [[nodiscard]] const std::vector<int>& places(int row) const;

private:
    struct Hit {
        std::size_t item;
        int score;
        std::vector<int> places;
    };
    std::vector<PaletteItem> m_items;
    std::vector<Hit> m_hits;
};

/// Ctrl+K: jump to any topic, group, client or page, run any action. A frame over the window, gone on Escape, Enter or
/// a click elsewhere. The items are asked for each time it opens.
class CommandPalette : public QFrame {
    Q_OBJECT

public:
    CommandPalette(std::function<std::vector<PaletteItem>()> items, QWidget* window);
    void open();
    [[nodiscard]] PaletteModel& model() const { return *m_model; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void place();
    void runCurrent();
    void move(int by);
    void leave();

    std::function<std::vector<PaletteItem>()> m_items;
    PaletteModel* m_model;
    QLineEdit* m_edit;
    QListView* m_list;
    QWidget* m_before = nullptr;
};

}  // namespace weir::ui
