// receipt KEY NOTE: open a signed note under a key with Go's own library and print what it says.
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	key, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	signed, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	if err == nil {
		var opened *note.Note
		if opened, err = note.Open(signed, note.VerifierList(verifier)); err == nil {
			fmt.Print(opened.Text)
			return
		}
	}
	fmt.Println("REFUSED:", err)
	os.Exit(1)
}
