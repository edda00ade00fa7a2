"""The punctuation network: a table of words and parts of words, the pauses behind them, two bidirectional
LSTM layers.

An LSTM over 5 MB of words runs in tens of microseconds a word on one core and is as good at this as attention
of the same size; what it lacks against large language models is knowledge of the world, not order.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from asr_desktop.writing.punctuation import CASES, GAP_KINDS, MARKS
from asr_desktop.writing.word_pieces import PADDING


class MarksNetwork(nn.Module):
    """Pieces int [windows, words, PIECES_A_WORD] and gap kinds int [windows, words] → logits of the mark
    behind each word [windows, words, MARKS] and of its case [windows, words, CASES].
    """

    def __init__(self, table_rows: int, width: int, hidden: int, layers: int, dropout: float) -> None:
        super().__init__()
        self.table = nn.Embedding(table_rows, width, padding_idx=PADDING)
        self.gaps = nn.Embedding(GAP_KINDS, width)
        self.lstm = nn.LSTM(
            width,
            hidden,
            layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if layers > 1 else 0.0,
        )
        self.dropout = nn.Dropout(dropout)
        self.mark = nn.Linear(2 * hidden, len(MARKS))
        self.case = nn.Linear(2 * hidden, len(CASES))
        nn.init.normal_(self.table.weight, std=0.3)
        nn.init.normal_(self.gaps.weight, std=0.3)
        with torch.no_grad():
            self.table.weight[PADDING] = 0

    def forward(self, pieces: Tensor, gaps: Tensor) -> tuple[Tensor, Tensor]:
        if self.training:
            # One pass over the table's rows instead of eight: most words have one piece.
            flat = pieces.reshape(-1, pieces.shape[-1])
            words = functional.embedding_bag(flat, self.table.weight, mode="sum", padding_idx=PADDING)
            words = words.view(*pieces.shape[:2], -1)
        else:
            words = self.table(pieces).sum(dim=2)
        heard, _ = self.lstm(self.dropout(words + self.gaps(gaps)))
        heard = self.dropout(heard)
        return self.mark(heard), self.case(heard)
