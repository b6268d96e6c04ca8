// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/page.h"

class QCheckBox;
class QSpinBox;
class QVBoxLayout;

namespace weir::ui {

class Card;
class ConfigEditor;
class CopyButton;
class KeyValueList;
class SegmentedControl;

/// How Weir looks, what the broker promises about the disk, its schema registry, and every broker setting.
class SettingsPage : public Page {
    Q_OBJECT

public:
    explicit SettingsPage(Backend& backend, QWidget* parent = nullptr);
    void focusSearch() override;
    void refresh() override;

private:
    Card* buildLook(QWidget* parent);
    Card* buildPlace(QWidget* parent);
    Card* buildDurability(QWidget* parent);
    Card* buildRegistry(QWidget* parent);
    Card* buildBroker(QWidget* parent);
    void showLook();
    void load();
    void loadRegistry();
    void showRegistry(const ClusterResult<SchemaRegistryState>& answer);
    void listen();
    void apply(const std::vector<ConfigChange>& changes);

    SegmentedControl* m_scheme;
    SegmentedControl* m_density;
    QCheckBox* m_stillness;
    KeyValueList* m_place;
    KeyValueList* m_durability;
    QCheckBox* m_registry;
    QSpinBox* m_registryPort;
    QLabel* m_registryUrl;
    CopyButton* m_copyRegistryUrl;
    ConfigEditor* m_editor;
};

}  // namespace weir::ui
