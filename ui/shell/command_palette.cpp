// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/command_palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/shell/fuzzy.h"
#include "ui/theme/theme.h"

namespace weir::ui {
namespace {

class PaletteDelegate : public QStyledItemDelegate {
public:
    PaletteDelegate(const PaletteModel& model, QObject* parent) : QStyledItemDelegate(parent), m_model(model) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const Theme& theme = Theme::of();
        const PaletteItem& item = m_model.item(index.row());
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if ((option.state & QStyle::State_Selected) != 0) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.color(Tint::kSelected));
            painter->drawRoundedRect(option.rect.adjusted(6, 1, -6, -1), Theme::kRadius, Theme::kRadius);
        }
        QRect box = option.rect.adjusted(16, 0, -16, 0);
        const int size = theme.px(18);
        painter->drawPixmap(
            QPointF(box.left(), box.center().y() - size / 2 + 1),
            theme.pixmap(item.icon, size, Tint::kTextSecondary, painter->device()->devicePixelRatioF()));
        painter->setFont(theme.font(FontRole::kSecondary));
        painter->setPen(theme.color(Tint::kTextSecondary));
        painter->drawText(box, Qt::AlignVCenter | Qt::AlignRight, item.note);
        const int note = painter->fontMetrics().horizontalAdvance(item.note);
        box.adjust(size + 10, 0, -note - 16, 0);
        drawMatched(*painter, box, item.text, m_model.places(index.row()));
        painter->restore();
    }
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {200, Theme::of().px(34)}; }

private:
    static void drawMatched(QPainter& painter, const QRect& box, const QString& text, const std::vector<int>& places) {
        const Theme& theme = Theme::of();
        const QFont plain = theme.font(FontRole::kBody);
        const QFont strong = theme.font(FontRole::kSection);
        double x = box.left();
        for (int i = 0; i < text.size();) {
            const bool matched = std::find(places.begin(), places.end(), i) != places.end();
            int end = i + 1;
            while (end < text.size() && (std::find(places.begin(), places.end(), end) != places.end()) == matched) {
                ++end;
            }
            painter.setFont(matched ? strong : plain);
            painter.setPen(theme.color(matched || places.empty() ? Tint::kText : Tint::kTextSecondary));
            const QString part = text.mid(i, end - i);
            const double wide = QFontMetricsF(painter.font()).horizontalAdvance(part);
            if (x + wide > box.right()) {
                painter.drawText(
                    QRectF(x, box.top(), box.right() - x, box.height()), Qt::AlignVCenter,
                    painter.fontMetrics().elidedText(part, Qt::ElideRight, static_cast<int>(box.right() - x)));
                return;
            }
            painter.drawText(QRectF(x, box.top(), wide + 2, box.height()), Qt::AlignVCenter, part);
            x += wide;
            i = end;
        }
    }

    const PaletteModel& m_model;
};

}  // namespace

void PaletteModel::setItems(std::vector<PaletteItem> items) {
    m_items = std::move(items);
    search(QString());
}

void PaletteModel::search(const QString& query) {
    beginResetModel();
    m_hits.clear();
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (auto match = fuzzyMatch(query.trimmed(), m_items[i].text)) {
            m_hits.push_back({i, query.trimmed().isEmpty() ? 0 : match->score, std::move(match->places)});
        }
    }
    std::stable_sort(m_hits.begin(), m_hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
    if (m_hits.size() > kShown) {
        m_hits.resize(kShown);
    }
    endResetModel();
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_hits.size());
}

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) {
        return {};
    }
    const PaletteItem& one = item(index.row());
    if (role == Qt::DisplayRole) {
        return one.text;
    }
    if (role == Qt::AccessibleTextRole) {
        return one.text + QLatin1Char(' ') + one.note;
    }
    return {};
}

const PaletteItem& PaletteModel::item(int row) const {
    return m_items[m_hits.at(static_cast<std::size_t>(row)).item];
}

const std::vector<int>& PaletteModel::places(int row) const {
    return m_hits.at(static_cast<std::size_t>(row)).places;
}

CommandPalette::CommandPalette(std::function<std::vector<PaletteItem>()> items, QWidget* window)
    : QFrame(window), m_items(std::move(items)) {
    setFrameShape(NoFrame);
    setAccessibleName(tr("Jump to anything"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 8, 1, 6);
    column->setSpacing(6);
    m_edit = new QLineEdit(this);
    m_edit->setFrame(false);
    m_edit->setPlaceholderText(tr("Jump to a topic, group, client or page, or do something"));
    m_edit->setAccessibleName(m_edit->placeholderText());
    m_edit->addAction(Theme::of().icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_edit->setTextMargins(6, 0, 8, 0);
    m_edit->setFixedHeight(34);
    column->addWidget(m_edit);
    m_list = new QListView(this);
    m_model = new PaletteModel(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(*m_model, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setMouseTracking(true);
    m_list->setAccessibleName(tr("Matches"));
    m_list->viewport()->setAutoFillBackground(false);
    column->addWidget(m_list, 1);
    m_edit->installEventFilter(this);
    window->installEventFilter(this);
    connect(m_edit, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_model->search(text);
        m_list->setCurrentIndex(m_model->index(0, 0));
        place();
    });
    connect(m_list, &QListView::clicked, this, [this](const QModelIndex&) { runCurrent(); });
    hide();
}

void CommandPalette::open() {
    m_before = QApplication::focusWidget();
    m_model->setItems(m_items());
    m_edit->clear();
    m_model->search(QString());
    m_list->setCurrentIndex(m_model->index(0, 0));
    place();
    show();
    raise();
    m_edit->setFocus(Qt::ShortcutFocusReason);
}

void CommandPalette::place() {
    const QWidget* window = parentWidget();
    const int wide = std::min(Theme::of().px(600), window->width() - 48);
    const int rows = std::clamp(m_model->rowCount(), 1, 10);
    resize(wide, 34 + 8 + 6 + 6 + rows * Theme::of().px(34) + 4);
    QWidget::move((window->width() - wide) / 2, std::max(24, window->height() / 8));
}

void CommandPalette::leave() {
    hide();
    if (m_before != nullptr && m_before->isVisible()) {
        m_before->setFocus(Qt::OtherFocusReason);
    }
}

void CommandPalette::runCurrent() {
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) {
        return;
    }
    // The item's own action may open something that takes the focus: leave first.
    const std::function<void()> run = m_model->item(index.row()).run;
    leave();
    run();
}

void CommandPalette::move(int by) {
    const int rows = m_model->rowCount();
    if (rows > 0) {
        const int row = (m_list->currentIndex().row() + by + rows) % rows;
        m_list->setCurrentIndex(m_model->index(row, 0));
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    if (watched == m_edit && event->type() == QEvent::FocusOut && isVisible() &&
        static_cast<QFocusEvent*>(event)->reason() != Qt::ActiveWindowFocusReason) {
        hide();
    }
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent*>(event)->key()) {
            case Qt::Key_Escape:
                leave();
                return true;
            case Qt::Key_Return:
            case Qt::Key_Enter:
                runCurrent();
                return true;
            case Qt::Key_Down:
                move(1);
                return true;
            case Qt::Key_Up:
                move(-1);
                return true;
            case Qt::Key_PageDown:
                move(8);
                return true;
            case Qt::Key_PageUp:
                move(-8);
                return true;
            default:
                break;
        }
    }
    return QFrame::eventFilter(watched, event);
}

void CommandPalette::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::of();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.color(Tint::kOutline), 1));
    painter.setBrush(theme.color(Tint::kRaised));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
    painter.fillRect(QRect(1, m_list->y() - 4, width() - 2, 1), theme.color(Tint::kLine));
}

}  // namespace weir::ui
