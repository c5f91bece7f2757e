"""Simplified verse back in traditional script, by what stands around each character.

Simplified script merged characters (后 is 后 or 後, 云 is 云 or 雲, 发 is 發 or 髮). Which one is meant is learnt from
the fetched Tang and Song corpus, whose traditional text is known: ``features`` says what is looked at, ``learning``
fits the weights, ``restorer`` writes the text.
"""
