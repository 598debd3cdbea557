// Interop reads and writes logs with the Go ecosystem's own packages, so that the tests beside it can compare: notes with
// golang.org/x/mod/sumdb/note, the tree and its tiles with sumdb/tlog, cosignatures and proof files with
// github.com/transparency-dev/formats, proofs with github.com/transparency-dev/merkle. It shares no code with the product.
//
//	interop judge < logs.jsonl    one verdict a line for each log that is given
//	interop write SIZE... > logs.jsonl    logs of its own
//	interop prove < proofs.jsonl    one verdict a line for each proof file
//	interop read FOLDER KEY    the verdict of a client that has a file server serve the folder
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Log is a tiled log: its files in base64, and whom to trust.
type Log struct {
	Key     string            `json:"key"`
	Witness string            `json:"witness,omitempty"`
	Files   map[string][]byte `json:"files"`
	// Of a log that was written here: a proof file for the record of this index.
	Proof  []byte `json:"proof,omitempty"`
	Record []byte `json:"record,omitempty"`
}

// Verdict is on a whole log, and on its checkpoint alone.
type Verdict struct {
	Whole      bool   `json:"whole"`
	Checkpoint bool   `json:"checkpoint"`
	Why        string `json:"why"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("judge, write, prove or read")
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	switch args[0] {
	case "judge":
		return eachLine(func(log *Log) error { return encoder.Encode(judge(log)) })
	case "write":
		for _, arg := range args[1:] {
			size, err := strconv.ParseInt(arg, 10, 64)
			if err != nil {
				return err
			}
			log, err := write(size)
			if err != nil {
				return err
			}
			if err := encoder.Encode(log); err != nil {
				return err
			}
		}
		return nil
	case "read":
		if len(args) != 3 {
			return fmt.Errorf("read FOLDER KEY")
		}
		verdict, err := readServed(args[1], args[2])
		if err != nil {
			return err
		}
		return encoder.Encode(verdict)
	case "prove":
		return eachLine(func(log *Log) error { return encoder.Encode(prove(log)) })
	}
	return fmt.Errorf("no command %q", args[0])
}

func eachLine(do func(*Log) error) error {
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	for {
		var log Log
		if err := decoder.Decode(&log); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := do(&log); err != nil {
			return err
		}
	}
}
