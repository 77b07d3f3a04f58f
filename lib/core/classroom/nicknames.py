"""Nicknames of two words, drawn for whoever joins a room: nobody types a name, and none says who somebody is.

A nickname is kept by its key, the English words in small letters, and shown in the language of whoever reads it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping


def _pairs(words: str) -> dict[str, str]:
    return dict(pair.replace("_", " ").split(":") for pair in words.split())


QUALITIES: Mapping[str, str] = _pairs(
    "quiet:조용한 brave:용감한 calm:차분한 bright:환한 swift:날쌘 gentle:온화한 clever:영리한 merry:즐거운 "
    "curious:호기심_많은 patient:참을성_있는 sunny:햇살_같은 kind:친절한 bold:대담한 nimble:재빠른 happy:행복한 "
    "polite:공손한 warm:따뜻한 fresh:싱그러운 cosy:포근한 lucky:운_좋은 honest:정직한 wise:지혜로운 tidy:깔끔한 "
    "witty:재치_있는 eager:열심인 cheerful:명랑한 steady:꾸준한 tender:다정한 lively:활기찬 graceful:우아한 "
    "careful:꼼꼼한 dreamy:꿈꾸는 daring:씩씩한 friendly:상냥한 humble:겸손한 jolly:유쾌한 loyal:의리_있는 "
    "mellow:느긋한 neat:단정한 playful:장난스러운 proud:당당한 rapid:빠른 silent:고요한 sincere:진실한 "
    "smiling:웃는 soft:부드러운 sparkling:반짝이는 spirited:기운찬 strong:튼튼한 thoughtful:생각_깊은 "
    "thrifty:알뜰한 tiny:조그만 upbeat:신나는 vivid:생생한 wandering:떠도는 watchful:눈_밝은 whistling:휘파람_부는 "
    "golden:금빛 silver:은빛 amber:호박빛 blue:파란 green:초록 violet:보라 snowy:눈_덮인"
)
"""64 qualities in English and Korean; the Korean ones stand before a noun as they are."""

ANIMALS: Mapping[str, str] = _pairs(
    "otter:수달 fox:여우 owl:부엉이 whale:고래 tiger:호랑이 rabbit:토끼 squirrel:다람쥐 magpie:까치 swallow:제비 "
    "dolphin:돌고래 penguin:펭귄 turtle:거북이 deer:사슴 crane:두루미 heron:왜가리 sparrow:참새 hedgehog:고슴도치 "
    "badger:오소리 beaver:비버 panda:판다 koala:코알라 lion:사자 wolf:늑대 bear:곰 horse:말 zebra:얼룩말 "
    "giraffe:기린 elephant:코끼리 camel:낙타 llama:라마 goat:염소 lamb:어린_양 kitten:아기_고양이 puppy:강아지 "
    "hamster:햄스터 mole:두더지 bat:박쥐 seal:물개 walrus:바다코끼리 shark:상어 carp:잉어 salmon:연어 crab:게 "
    "shrimp:새우 octopus:문어 squid:오징어 starfish:불가사리 frog:개구리 gecko:도마뱀 bee:꿀벌 butterfly:나비 "
    "dragonfly:잠자리 ladybird:무당벌레 firefly:반딧불이 ant:개미 cricket:귀뚜라미 eagle:독수리 falcon:매 "
    "pelican:펠리컨 parrot:앵무새 peacock:공작 duck:오리 goose:거위 robin:울새"
)
"""64 animals in English and Korean."""

ALL = frozenset(f"{quality}-{animal}" for quality in QUALITIES for animal in ANIMALS)
"""The key of each of the 4,096 nicknames."""


def three(taken: Collection[str]) -> tuple[str, ...]:
    """Three nicknames that are not taken, in no order that could be guessed, with six different words if possible.

    Fewer where fewer are left.
    """
    drawn: list[str] = []
    free = sorted(ALL - set(taken))
    while free and len(drawn) < 3:
        drawn.append(free.pop(secrets.randbelow(len(free))))
        words = {word for name in drawn for word in name.split("-")}
        free = [name for name in free if words.isdisjoint(name.split("-"))] or free
    return tuple(drawn)


def shown(nickname: str, language: str) -> str:
    """The nickname in words of this language, 'en' or 'ko': Quiet Otter. One that this version does not know is shown
    as it is kept.
    """
    if nickname not in ALL:
        return nickname
    quality, animal = nickname.split("-")
    if language == "ko":
        return f"{QUALITIES[quality]} {ANIMALS[animal]}"
    return f"{quality.capitalize()} {animal.capitalize()}"
