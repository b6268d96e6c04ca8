// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/overview/connect_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/pages/overview/code_view.h"
#include "ui/pages/overview/snippets.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/controls.h"
#include "ui/widgets/tiles.h"

namespace weir::ui {
namespace {

const QString kLanguageKey = QStringLiteral("overview/language");
const QString kKindKey = QStringLiteral("overview/snippet");

/// The address in mono at the size of a headline, following the theme.
QLabel* makeAddress(QWidget* parent) {
    auto* label = makeLabel(QString(), FontRole::kMonoBold, Tint::kText, parent);
    const auto enlarge = [label] {
        QFont font = Theme::of().font(FontRole::kMonoBold);
        font.setPixelSize(Theme::of().px(26));
        label->setFont(font);
    };
    enlarge();
    QObject::connect(&Theme::of(), &Theme::changed, label, enlarge);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

}  // namespace

ConnectCard::ConnectCard(Settings& settings, QWidget* parent) : Card(QString(), parent), m_settings(settings) {
    setAccessibleName(tr("Connect a client"));
    auto* address = new QHBoxLayout;
    address->setSpacing(Theme::kGap);
    m_address = makeAddress(this);
    address->addWidget(m_address);
    address->addWidget(new CopyButton(
        tr("Copy the address"), [this] { return m_bootstrap; }, this));
    auto* hint = new ElidedLabel(this);
    hint->setLook(FontRole::kBody, Tint::kTextSecondary);
    hint->setText(tr("Any Kafka client connects here."));
    address->addSpacing(Theme::kGap);
    address->addWidget(hint, 1);
    m_state = new StateChip(this);
    address->addWidget(m_state);
    body()->addLayout(address);
    body()->addSpacing(Theme::kSmallGap);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(Theme::kGap);
    m_language = new SegmentedControl(snippetLanguages(), this);
    m_language->setAccessibleName(tr("Language"));
    m_language->setCurrent(settings.value(kLanguageKey, 0).toInt());
    m_kind = new SegmentedControl({tr("Publish"), tr("Read")}, this);
    m_kind->setAccessibleName(tr("What the code does"));
    m_kind->setCurrent(settings.value(kKindKey, 0).toInt());
    choices->addWidget(m_language);
    choices->addStretch(1);
    choices->addWidget(m_kind);
    choices->addWidget(new CopyButton(
        tr("Copy the code"), [this] { return m_code->toPlainText(); }, this));
    body()->addLayout(choices);
    body()->addWidget(makeHairline(Qt::Horizontal, this));
    m_code = new CodeView(this);
    m_code->setFixedHeight(Theme::of().px(136));
    body()->addWidget(m_code, 1);
    connect(m_language, &SegmentedControl::chosen, this, [this](int index) {
        m_settings.setValue(kLanguageKey, index);
        showCode();
    });
    connect(m_kind, &SegmentedControl::chosen, this, [this](int index) {
        m_settings.setValue(kKindKey, index);
        showCode();
    });
    setBootstrap(QString());
    setTrouble(QString());
}

void ConnectCard::setBootstrap(const QString& bootstrap) {
    if (bootstrap == m_bootstrap && !m_address->text().isEmpty()) {
        return;
    }
    m_bootstrap = bootstrap;
    m_address->setText(bootstrap.isEmpty() ? tr("starting…") : bootstrap);
    m_address->setAccessibleName(tr("Bootstrap address %1").arg(m_address->text()));
    showCode();
}

void ConnectCard::setTrouble(const QString& why) {
    m_state->setState(why.isEmpty() ? tr("Serving") : tr("No answer"), why.isEmpty() ? Tint::kOk : Tint::kBad);
    m_state->setToolTip(why.toHtmlEscaped());
}

void ConnectCard::showCode() {
    const auto kind = m_kind->current() == 0 ? SnippetKind::kPublish : SnippetKind::kRead;
    m_code->setCode(snippet(m_language->current(), kind, m_bootstrap));
}

}  // namespace weir::ui
