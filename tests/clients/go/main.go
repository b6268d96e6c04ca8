// SPDX-License-Identifier: GPL-3.0-or-later

// One Go client against the broker: scenarios CLIENT PHASE BOOTSTRAP, a line a scenario. What a client does is behind
// the Client interface, so that all of them are asked the same.
package main

import (
	"bytes"
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

type Header struct {
	Key   string
	Value []byte
}

type Record struct {
	Key, Value []byte
	Headers    []Header
	Partition  int32
	Offset     int64
}

// Client is what a scenario needs of a library. Keys choose partitions; a record without a key goes to Partition.
type Client interface {
	Create(topic string, partitions int32) error
	Delete(topic string) error
	Topics() ([]string, error)
	Produce(topic string, codec string, records []Record) error
	// Member joins a group until stop is called; owned tells the partitions after each rebalance.
	Member(group, topic string, onRecord func(Record), owned func([]int32)) (stop func(), err error)
	Commit(group, topic string, offsets map[int32]int64) error
	Committed(group, topic string) (map[int32]int64, error)
}

var clients = map[string]func(bootstrap string) Client{
	"franz-go":         newFranz,
	"franz-go-schemas": newFranz,
	"sarama":           newSarama,
	"kafka-go":         newSegmentio,
}

var run = fmt.Sprintf("%d", time.Now().UnixNano()%100000000)

func await(condition func() bool, what func() string) error {
	end := time.Now().Add(60 * time.Second)
	for !condition() {
		if time.Now().After(end) {
			return fmt.Errorf("%s", what())
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

func take(c Client, topic string, count int) ([]Record, error) {
	return takeAs(c, "g-"+topic, topic, count)
}

func takeAs(c Client, group, topic string, count int) ([]Record, error) {
	var mutex sync.Mutex
	var got []Record
	stop, err := c.Member(group, topic, func(r Record) {
		mutex.Lock()
		defer mutex.Unlock()
		got = append(got, r)
	}, func([]int32) {})
	if err != nil {
		return nil, err
	}
	defer stop()
	size := func() int {
		mutex.Lock()
		defer mutex.Unlock()
		return len(got)
	}
	err = await(func() bool { return size() >= count }, func() string {
		return fmt.Sprintf("%d of %d records came back", size(), count)
	})
	return got, err
}

func codec(name string) func(Client) error {
	return func(c Client) error {
		topic := fmt.Sprintf("go-codec-%s-%s", name, run)
		if err := c.Create(topic, 1); err != nil {
			return err
		}
		var sent []Record
		for n, size := range []int{1, 100, 10_000, 900_000} {
			sent = append(sent, Record{Key: []byte(fmt.Sprintf("k%d", n)), Value: bytes.Repeat([]byte{byte('a' + n)}, size),
				Headers: []Header{{"h", []byte("v")}, {"h", []byte("again")}}})
		}
		sent = append(sent, Record{Value: []byte("no key")}, Record{Key: []byte("tombstone")})
		if err := c.Produce(topic, name, sent); err != nil {
			return err
		}
		got, err := take(c, topic, len(sent))
		if err != nil {
			return err
		}
		for i, want := range sent {
			r := got[i]
			if !bytes.Equal(r.Key, want.Key) || !bytes.Equal(r.Value, want.Value) || len(r.Headers) != len(want.Headers) {
				return fmt.Errorf("record %d came back changed", i)
			}
			if (r.Value == nil) != (want.Value == nil) || (r.Key == nil) != (want.Key == nil) {
				return fmt.Errorf("record %d: null and empty were mixed up", i)
			}
			for n, header := range want.Headers {
				if r.Headers[n].Key != header.Key || !bytes.Equal(r.Headers[n].Value, header.Value) {
					return fmt.Errorf("header %d of record %d came back changed", n, i)
				}
			}
		}
		return nil
	}
}

func order(c Client) error {
	topic := "go-order-" + run
	if err := c.Create(topic, 6); err != nil {
		return err
	}
	var sent []Record
	for i := 0; i < 2000; i++ {
		sent = append(sent, Record{Key: []byte(fmt.Sprintf("k%d", i%20)), Value: []byte(fmt.Sprintf("%06d", i))})
	}
	if err := c.Produce(topic, "none", sent); err != nil {
		return err
	}
	got, err := take(c, topic, len(sent))
	if err != nil {
		return err
	}
	last := map[string]string{}
	for _, r := range got {
		if last[string(r.Key)] >= string(r.Value) {
			return fmt.Errorf("%s went back at %s", r.Key, r.Value)
		}
		last[string(r.Key)] = string(r.Value)
	}
	return nil
}

// crowd is three members of a group and what they own and saw.
type crowd struct {
	mutex sync.Mutex
	owned map[int][]int32
	seen  map[string]bool
	stops map[int]func()
}

func (w *crowd) join(c Client, index int, group, topic string) error {
	stop, err := c.Member(group, topic, func(r Record) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.seen[string(r.Value)] = true
	}, func(partitions []int32) {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		w.owned[index] = partitions
	})
	w.stops[index] = stop
	return err
}

func (w *crowd) leave(index int) {
	if stop := w.stops[index]; stop != nil {
		stop()
	}
	delete(w.stops, index)
	w.mutex.Lock()
	defer w.mutex.Unlock()
	delete(w.owned, index)
}

func (w *crowd) settled(members ...int) error {
	return await(func() bool {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		var all []int
		for _, m := range members {
			if len(w.owned[m]) == 0 {
				return false
			}
			for _, p := range w.owned[m] {
				all = append(all, int(p))
			}
		}
		sort.Ints(all)
		return fmt.Sprint(all) == "[0 1 2 3 4 5]"
	}, func() string { return fmt.Sprintf("never settled: %v", w.owned) })
}

func (w *crowd) saw(count int) error {
	size := func() int {
		w.mutex.Lock()
		defer w.mutex.Unlock()
		return len(w.seen)
	}
	return await(func() bool { return size() == count }, func() string { return fmt.Sprintf("%d of %d seen", size(), count) })
}

func batch(c Client, topic string, from int) error {
	var sent []Record
	for i := 0; i < 600; i++ {
		sent = append(sent, Record{Partition: int32(i % 6), Value: []byte(fmt.Sprint(from + i))})
	}
	return c.Produce(topic, "none", sent)
}

func group(c Client) error {
	topic := "go-group-" + run
	if err := c.Create(topic, 6); err != nil {
		return err
	}
	w := &crowd{owned: map[int][]int32{}, seen: map[string]bool{}, stops: map[int]func(){}}
	defer func() {
		for index := range w.stops {
			w.stops[index]()
		}
	}()
	steps := []func() error{
		func() error { return w.join(c, 0, "g-"+topic, topic) },
		func() error { return w.join(c, 1, "g-"+topic, topic) },
		func() error { return w.join(c, 2, "g-"+topic, topic) },
		func() error { return w.settled(0, 1, 2) },
		func() error { return batch(c, topic, 0) },
		func() error { return w.saw(600) },
		func() error { w.leave(1); return w.settled(0, 2) },
		func() error { return w.join(c, 3, "g-"+topic, topic) },
		func() error { return w.settled(0, 2, 3) },
		func() error { return batch(c, topic, 600) },
		func() error { return w.saw(1200) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func kept(client string) (group, topic string) { return "keepers-" + client, "keeper-" + client }

func commit(name string) func(Client) error {
	return func(c Client) error {
		group, topic := kept(name)
		if err := c.Create(topic, 3); err != nil {
			return err
		}
		if err := c.Produce(topic, "none", []Record{{Partition: 0, Value: []byte("x")}}); err != nil {
			return err
		}
		return c.Commit(group, topic, map[int32]int64{0: 1, 1: 2, 2: 3})
	}
}

func commitKept(name string) func(Client) error {
	return func(c Client) error {
		group, topic := kept(name)
		got, err := c.Committed(group, topic)
		if err == nil && fmt.Sprint(got) != fmt.Sprint(map[int32]int64{0: 1, 1: 2, 2: 3}) {
			err = fmt.Errorf("committed %v", got)
		}
		return err
	}
}

func admin(c Client) error {
	topic := "go-admin-" + run
	if err := c.Create(topic, 2); err != nil {
		return err
	}
	// Two of the libraries answer from a cache of some seconds.
	listed := func(expected bool) error {
		return await(func() bool {
			names, err := c.Topics()
			return err == nil && strings.Contains(" "+strings.Join(names, " ")+" ", " "+topic+" ") == expected
		}, func() string { return fmt.Sprintf("listed is never %v", expected) })
	}
	if err := listed(true); err != nil {
		return err
	}
	if err := c.Delete(topic); err != nil {
		return err
	}
	return listed(false)
}

type scenario struct {
	name string
	run  func(Client) error
}

func main() {
	name, phase, bootstrap := os.Args[1], os.Args[2], os.Args[3]
	var all []scenario
	if phase == "matrix" {
		all = matrix(name, bootstrap)
	} else if name == "franz-go-schemas" {
		work := map[string]scenario{"main": {"schemas-avro", schemasWritten}, "restarted": {"schemas-kept", schemasRead("gs-kept")}}
		all = append(all, work[phase])
	} else if phase == "main" {
		for _, each := range []string{"none", "gzip", "snappy", "lz4", "zstd"} {
			all = append(all, scenario{"codec-" + each, codec(each)})
		}
		all = append(all, scenario{"order", order}, scenario{"group", group}, scenario{"commit", commit(name)},
			scenario{"admin", admin})
	} else {
		all = append(all, scenario{"commit-kept", commitKept(name)})
	}
	failed := 0
	for _, each := range all {
		if err := each.run(clients[name](bootstrap)); err != nil {
			fmt.Printf("FAIL %s: %s\n", each.name, strings.ReplaceAll(err.Error(), "\n", " "))
			failed = 1
		} else {
			fmt.Printf("PASS %s\n", each.name)
		}
	}
	os.Exit(failed)
}
