"""What was found, as a sentence with a verb: a question as a heading does not tell a busy reader what the answer was.

Each says only what makes it a finding: that the thing got to people, that it helped them, or that it was not done.
"""

from __future__ import annotations

from shared.contracts.instruments import Item

_GOT_TO = {
    "P-AZ-01": "The noise",
    "P-AZ-02": "Sudden loud sounds",
    "P-AZ-03": "The light",
    "P-AZ-04": "The smell",
    "P-AZ-05": "The heat, the cold or the stuffy air",
    "P-AZ-06": "Too little space round them",
    "P-AZ-07": "How clean and looked after it was",
    "P-AZ-08": "Not seeing the way out",
    "P-AZ-09": "The mood",
    "P-AP-01": "How the building looks from outside",
    "P-AP-02": "What is next door or close by",
    "P-AP-03": "The cameras outside",
    "P-AP-04": "A sign that tells everyone why they came",
    "P-AP-05": "Poor light or hidden corners outside",
    "P-AP-06": "How hard it is to get here, stop and rest",
    "P-EN-01": "Where the guard stood",
    "P-EN-02": "What the guard said or did",
    "P-EN-03": "Being stopped, searched or asked their business out loud",
    "P-EN-04": "A door that is hard to get through",
    "P-EN-05": "Not knowing where to go first",
    "P-EN-06": "What the signs say",
    "P-EN-07": "The cameras inside",
    "P-RE-01": "What they met at the front desk",
    "P-RE-02": "The glass or the high desk in the way",
    "P-RE-03": "Being overheard by other people",
    "P-RE-04": "The queue",
    "P-WA-01": "Having no choice of where to sit",
    "P-WA-02": "Having no seat with a wall behind and the door in sight",
    "P-WA-03": "Not being told how long the wait would be",
    "P-WA-04": "How they were called",
    "P-WA-05": "Somebody upset, drunk or loud close by",
    "P-WA-06": "What is on the walls",
    "P-WA-09": "The TV or screen",
    "P-WA-11": "Seeing nobody like them here",
    "P-WY-01": "Signs inside that are not clear",
    "P-WY-02": "A stair, lift or passage",
    "P-WY-03": "A locked door on the way",
    "P-WY-04": "Blind corners, dark bits or shiny floors",
    "P-TS-01": "Not being offered a private room",
    "P-TS-02": "Being seen or heard while they talked",
    "P-TS-03": "A seat away from the door, or somebody in the way",
    "P-TS-04": "The desk or screen between them and staff",
    "P-TS-06": "People who walked in, or phones that rang",
    "P-TO-01": "Having to ask for the toilet, or not finding it",
    "P-TO-02": "A toilet door that did not feel safe",
    "P-TO-03": "The light in the toilet",
    "P-TO-04": "Having no toilet that suited them",
    "P-QS-03": "Not being able to step outside and come back",
    "P-EX-01": "How hard it was to leave",
    "P-EX-02": "Having to walk past everyone when upset",
}
"""Of each item that can get to people, what did."""

_HELPED = {
    "P-AZ-05": "Fresh air, not too hot and not too cold",
    "P-AZ-06": "Enough space round them",
    "P-AZ-08": "Seeing the way out",
    "P-AP-04": "A sign that does not tell everyone why they came",
    "P-AP-05": "Good light and no hidden corners outside",
    "P-AP-06": "How easy it is to get here, stop and rest",
    "P-EN-04": "A door that is easy to get through",
    "P-EN-05": "Knowing where to go first",
    "P-RE-01": "A desk with someone at it",
    "P-RE-02": "How the front desk is built",
    "P-RE-05": "A quiet way to ask for help",
    "P-RE-06": "Help with language, big print, hearing or reading",
    "P-WA-01": "Choosing where to sit",
    "P-WA-02": "A seat with a wall behind and the door in sight",
    "P-WA-03": "Being told how long the wait would be",
    "P-WA-07": "Art, plants or a nice view",
    "P-WA-08": "A drink of water",
    "P-WA-10": "Something to do, or a place for children",
    "P-WA-11": "Seeing people like them here",
    "P-WY-01": "Clear signs inside",
    "P-TS-01": "Being offered a private room",
    "P-TS-03": "A seat near the door with no one in the way",
    "P-TS-04": "How they sat with staff to talk",
    "P-TS-05": "Tissues and water",
    "P-TS-07": "Being able to change things",
    "P-TS-08": "Room for a friend or helper",
    "P-TO-01": "A toilet to find and use without asking",
    "P-TO-02": "A toilet door that locks and feels safe",
    "P-TO-04": "A toilet that suited them",
    "P-QS-01": "A calm place to go",
    "P-QS-02": "A quiet place to use without saying why",
    "P-QS-03": "Stepping outside for air and coming back",
    "P-EX-01": "How easy it was to leave",
    "P-EX-03": "A goodbye or a thank you",
    "P-EX-04": "A safe spot outside to stop and breathe",
    "P-EX-05": "Seeing how to thank or complain",
}
"""Of each item that can help people, what did, where it is another thing than what got to them."""

_NOT_DONE = {
    "M-AR-02": "People had to tell everything before they were let in",
    "M-WE-03": "No private or safe place to talk was offered",
    "M-CV-01": "People were not treated as a person",
    "M-CV-08": "What people said was not taken as true",
    "M-CV-10": "Nobody acted when people said they were not safe",
    "M-OU-04": "People did not know what happens next and when",
}
"""Of each must-have of the talk, how it was when it was not done."""


def heading(item: Item, kind: str) -> str:
    """What was found of `item`; `kind`: red, amber or strength. A group's own question is told with its words."""
    if item.code in _NOT_DONE:
        return _NOT_DONE[item.code]
    helped = kind == "strength"
    thing = (_HELPED.get(item.code) if helped else None) or _GOT_TO.get(item.code)
    if thing is None:
        return f"{'It helped people' if helped else 'It got to people'}: {item.prompt}"
    return f"{thing} {'helped' if helped else 'got to'} people"


def thing(item: Item) -> str:
    """What could get to people, without saying that it did; the question where there is no shorter word for it."""
    return _GOT_TO.get(item.code, item.prompt)
