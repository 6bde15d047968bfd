// judge DIR|URL [PROOF ENTRY]: check a log (checkpoint, vkey, tile/…) with Go's own transparency log
// library, the one that guards Go's module checksums; and a .tlog-proof of one entry.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func must(err error) {
	if err != nil {
		fmt.Println("REFUSED:", err)
		os.Exit(1)
	}
}

// checkpoint opens a note under the log's key and returns the tree it states.
func checkpoint(signed, key []byte) tlog.Tree {
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	must(err)
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		must(fmt.Errorf("not a checkpoint of %s", verifier.Name()))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var hash tlog.Hash
	if copy(hash[:], root) != len(root) || len(root) != tlog.HashSize {
		must(fmt.Errorf("root of %d bytes", len(root)))
	}
	return tlog.Tree{N: size, Hash: hash}
}

// folder reads tiles as C2SP tlog-tiles names them.
type folder string

func (folder) Height() int                          { return 8 }
func (folder) SaveTiles([]tlog.Tile, [][]byte)      {}
func (dir folder) read(path string) ([]byte, error) {
	if !strings.HasPrefix(string(dir), "http") {
		return os.ReadFile(filepath.Join(string(dir), path))
	}
	answer, err := http.Get(string(dir) + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
func (dir folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		data, err := dir.read(strings.Replace(tile.Path(), "tile/8/", "tile/", 1))
		if err != nil {
			return nil, err
		}
		found = append(found, data)
	}
	return found, nil
}

// entries returns all entries of the log.
func (dir folder) entries(size int64) [][]byte {
	var found [][]byte
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: n, W: int(width)}
		data, err := dir.read(strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1))
		must(err)
		for len(data) >= 2 {
			length := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+length {
				must(fmt.Errorf("bundle %d is cut short", n))
			}
			found = append(found, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(found)) != size {
		must(fmt.Errorf("%d entries instead of %d", len(found), size))
	}
	return found
}

func main() {
	dir := folder(os.Args[1])
	signed, err := dir.read("checkpoint")
	must(err)
	key, err := dir.read("vkey")
	must(err)
	tree := checkpoint(signed, key)
	hashes := tlog.TileHashReader(tree, dir)
	for index, entry := range dir.entries(tree.N) {
		proof, err := tlog.ProveRecord(tree.N, int64(index), hashes)
		must(err)
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(entry)))
	}
	for old := int64(1); old <= tree.N; old += 1 + tree.N/50 {
		hash, err := tlog.TreeHash(old, hashes)
		must(err)
		proof, err := tlog.ProveTree(tree.N, old, hashes)
		must(err)
		must(tlog.CheckTree(proof, tree.N, tree.Hash, old, hash))
	}
	fmt.Println("log", tree.N)
	if len(os.Args) > 2 {
		file(os.Args[2], os.Args[3], key)
	}
}

// file checks a .tlog-proof with the entry it is about.
func file(proofPath, entryPath string, key []byte) {
	text, err := os.ReadFile(proofPath)
	must(err)
	entry, err := os.ReadFile(entryPath)
	must(err)
	head, signed, found := bytes.Cut(text, []byte("\n\n"))
	if !found || !bytes.HasPrefix(head, []byte("c2sp.org/tlog-proof@v1\n")) {
		must(fmt.Errorf("not a tlog-proof"))
	}
	tree := checkpoint(signed, key)
	var index int64
	var path tlog.RecordProof
	for _, line := range strings.Split(string(head), "\n")[1:] {
		if strings.HasPrefix(line, "extra ") {
			continue
		}
		if strings.HasPrefix(line, "index ") {
			index, err = strconv.ParseInt(line[6:], 10, 64)
			must(err)
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(line)
		must(err)
		var hash tlog.Hash
		copy(hash[:], raw)
		path = append(path, hash)
	}
	leaf := tlog.Hash(sha256.Sum256(append([]byte{0}, entry...)))
	must(tlog.CheckRecord(path, tree.N, tree.Hash, index, leaf))
	fmt.Println("proof", index)
}
