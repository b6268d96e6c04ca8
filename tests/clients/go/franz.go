// SPDX-License-Identifier: GPL-3.0-or-later

package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

type franz struct {
	bootstrap string
	client    *kgo.Client
	admin     *kadm.Client
	joining   []kgo.Opt
}

func newFranz(bootstrap string) Client {
	client, err := kgo.NewClient(franzOptions(bootstrap)...)
	if err != nil {
		panic(err)
	}
	return &franz{bootstrap, client, kadm.NewClient(client), nil}
}

func (f *franz) Create(topic string, partitions int32) error {
	_, err := f.admin.CreateTopic(context.Background(), partitions, -1, nil, topic)
	return err
}

func (f *franz) Delete(topic string) error {
	_, err := f.admin.DeleteTopic(context.Background(), topic)
	return err
}

func (f *franz) Topics() ([]string, error) {
	found, err := f.admin.ListTopics(context.Background())
	return found.Names(), err
}

func (f *franz) Produce(topic string, codec string, records []Record) error {
	codecs := map[string]kgo.CompressionCodec{"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(),
		"snappy": kgo.SnappyCompression(), "lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression()}
	partitioner := kgo.BasicConsistentPartitioner(func(string) func(*kgo.Record, int) int {
		keyed := kgo.StickyKeyPartitioner(nil).ForTopic(topic)
		return func(r *kgo.Record, n int) int {
			if r.Key == nil {
				return int(r.Partition)
			}
			return keyed.Partition(r, n)
		}
	})
	client, err := kgo.NewClient(append(franzOptions(f.bootstrap), kgo.ProducerBatchCompression(codecs[codec]),
		kgo.RecordPartitioner(partitioner))...)
	if err != nil {
		return err
	}
	defer client.Close()
	var out []*kgo.Record
	for _, r := range records {
		each := &kgo.Record{Topic: topic, Key: r.Key, Value: r.Value, Partition: r.Partition}
		for _, h := range r.Headers {
			each.Headers = append(each.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
		}
		out = append(out, each)
	}
	return client.ProduceSync(context.Background(), out...).FirstErr()
}

func (f *franz) Member(group, topic string, onRecord func(Record), owned func([]int32)) (func(), error) {
	held := map[int32]bool{}
	tell := func() {
		var all []int32
		for p := range held {
			all = append(all, p)
		}
		owned(all)
	}
	take := func(_ context.Context, _ *kgo.Client, gone map[string][]int32) {
		for _, p := range gone[topic] {
			delete(held, p)
		}
		tell()
	}
	options := append(franzOptions(f.bootstrap), kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.SessionTimeout(6*time.Second),
		kgo.HeartbeatInterval(300*time.Millisecond), kgo.AutoCommitInterval(200*time.Millisecond),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, got map[string][]int32) {
			for _, p := range got[topic] {
				held[p] = true
			}
			tell()
		}),
		kgo.OnPartitionsRevoked(take), kgo.OnPartitionsLost(take))
	client, err := kgo.NewClient(append(options, f.joining...)...)
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			fetches := client.PollFetches(context.Background())
			if fetches.IsClientClosed() {
				return
			}
			fetches.EachRecord(func(r *kgo.Record) {
				each := Record{Key: r.Key, Value: r.Value, Partition: r.Partition, Offset: r.Offset}
				for _, h := range r.Headers {
					each.Headers = append(each.Headers, Header{h.Key, h.Value})
				}
				onRecord(each)
			})
		}
	}()
	return func() { client.Close(); <-done }, nil
}

func (f *franz) Commit(group, topic string, offsets map[int32]int64) error {
	all := kadm.Offsets{}
	for p, o := range offsets {
		all.AddOffset(topic, p, o, -1)
	}
	return f.admin.CommitAllOffsets(context.Background(), group, all)
}

func (f *franz) Committed(group, topic string) (map[int32]int64, error) {
	found, err := f.admin.FetchOffsets(context.Background(), group)
	offsets := map[int32]int64{}
	found.Offsets().Each(func(o kadm.Offset) { offsets[o.Partition] = o.At })
	return offsets, err
}
