#!/bin/sh
# {{name}}: an extractor for karat. Replace `extract`; the rest speaks karat's protocol.

program='
# ======== Yours to replace ========

# The layers of one document. Offsets count code points, as those of jq do.
def extract($text; $meta):
  { entities: [
      # A word at a time, since jq takes long over many matches in one long string.
      foreach ($text | explode | map(if . == 10 then 32 else . end) | implode / " ")[] as $word
        ( {next: 0}
        ; {start: .next, next: (.next + ($word | length) + 1)}
        ; .start as $start
          | $word | match("(?<!\\p{L})\\p{Lu}\\p{L}*"; "g")
          | {start: ($start + .offset), end: ($start + .offset + .length), label: "NAME", text: .string}
        )
    ] };

# ======== The protocol, karat.extractor/1 ========

def hello:
  { type: "hello", protocol: "karat.extractor/1", name: "{{name}}", version: "0.1.0", layers: ["entities"] };

def failure($seq; $message): {type: "error", seq: $seq, message: $message};

if type != "object" then failure(null; "a request is a JSON object")
elif .type == "hello" then hello
elif .type != "extract" then failure(.seq; "unknown type of request: \(.type | tojson)")
elif (.text | type) != "string" then failure(.seq; "an extract request needs a text")
else
  {seq, id} as $document
  # One bad document must not end the others.
  | try ({type: "result"} + $document + extract(.text; .meta // {}))
    catch ({type: "error", message: tostring} + $document)
end
'

# One jq a line. A single `jq -R` for all lines would be faster, but jq 1.6 breaks characters that are not ASCII
# where they meet the end of its buffer, every few thousand bytes. The loop ends when karat closes stdin.
while IFS= read -r line; do
  reply=$(printf '%s\n' "$line" | jq -c "$program") && [ -n "$reply" ] ||
    reply='{"type":"error","seq":null,"message":"this is no line of JSON"}'
  printf '%s\n' "$reply"
done
