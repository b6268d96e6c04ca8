// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/hamba/avro/v2"
	"github.com/twmb/franz-go/pkg/sr"
)

const (
	gsSubject = "gs-avro-value"
	gsFirst   = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"}]}`
	gsSecond  = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},` +
		`{"name":"total","type":"double","default":0}]}`
	gsRefused = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"id","type":"string"},` +
		`{"name":"paid","type":"boolean"}]}`
)

type gsOrder struct {
	ID    string  `avro:"id"`
	Total float64 `avro:"total"`
}

func avroSchema(text string) sr.Schema { return sr.Schema{Schema: text, Type: sr.TypeAvro} }

// schemasWritten registers two versions with franz-go's registry client, writes a record with each, reads both back,
// and is refused a third version.
func schemasWritten(c Client) error {
	ctx := context.Background()
	registry, err := sr.NewClient(sr.URLs(os.Getenv("WEIR_SCHEMA_REGISTRY")))
	if err != nil {
		return err
	}
	if err := c.Create("gs-avro", 1); err != nil {
		return err
	}
	for i, text := range []string{gsFirst, gsSecond} {
		made, err := registry.CreateSchema(ctx, gsSubject, avroSchema(text))
		if err != nil {
			return err
		}
		if made.Version != i+1 {
			return fmt.Errorf("version %d, wanted %d", made.Version, i+1)
		}
		schema := avro.MustParse(text)
		var serde sr.Serde
		serde.Register(made.ID, gsOrder{}, sr.EncodeFn(func(v any) ([]byte, error) { return avro.Marshal(schema, v) }))
		value, err := serde.Encode(gsOrder{ID: fmt.Sprint("o", i), Total: float64(i)})
		if err != nil {
			return err
		}
		if err := c.Produce("gs-avro", "none", []Record{{Value: value}}); err != nil {
			return err
		}
	}
	verdict, err := registry.CheckCompatibility(ctx, gsSubject, -1, avroSchema(gsRefused))
	if err != nil || verdict.Is {
		return fmt.Errorf("an incompatible schema was found compatible, or %v", err)
	}
	var refusal *sr.ResponseError
	if _, err := registry.CreateSchema(ctx, gsSubject, avroSchema(gsRefused)); !errors.As(err, &refusal) ||
		refusal.ErrorCode != 409 {
		return fmt.Errorf("an incompatible schema was not refused: %v", err)
	}
	return schemasRead("gs-first")(c)
}

// schemasRead reads the two records, each with the schema that the registry has for its id.
func schemasRead(group string) func(Client) error {
	return func(c Client) error { return readOrders(c, group) }
}

func readOrders(c Client, group string) error {
	registry, err := sr.NewClient(sr.URLs(os.Getenv("WEIR_SCHEMA_REGISTRY")))
	if err != nil {
		return err
	}
	got, err := takeAs(c, group, "gs-avro", 2)
	if err != nil {
		return err
	}
	for i, record := range got {
		var header sr.ConfluentHeader
		id, payload, err := header.DecodeID(record.Value)
		if err != nil {
			return err
		}
		stored, err := registry.SchemaByID(context.Background(), id)
		if err != nil {
			return err
		}
		var order gsOrder
		if err := avro.Unmarshal(avro.MustParse(stored.Schema), payload, &order); err != nil {
			return err
		}
		if wanted := (gsOrder{ID: fmt.Sprint("o", i), Total: float64(i)}); order != wanted {
			return fmt.Errorf("got %v, wanted %v", order, wanted)
		}
	}
	return nil
}
