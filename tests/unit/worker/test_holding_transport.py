"""Which pages of its own a worker gives out again: those that it has answered for, or knows nothing of."""

from types import SimpleNamespace

from kombu.transport import redis as transport

from worker.holding_transport import hold_pages_by_name

#: What a look at the held pages finds to be read by nobody.
FOUND = ["still to be answered", "answered, and not heard", "forgotten with a connection"]


def test_a_page_is_not_given_out_while_its_acknowledgement_is_still_to_come(monkeypatch):
    """Celery forgets a page of a lost process first, and gives it back or acknowledges it a moment later."""
    monkeypatch.setattr(transport.Transport, "Channel", transport.Transport.Channel)  # put back at the end
    hold_pages_by_name(SimpleNamespace(read_by_nobody=lambda: FOUND), SimpleNamespace(), lambda: None)
    given_out = []
    qos = transport.Transport.Channel.QoS(SimpleNamespace(do_restore=False))
    monkeypatch.setattr(qos, "restore_by_tag", given_out.append)
    monkeypatch.setattr(transport.QoS, "restore_visible", lambda _: None)
    qos._delivered.update({"still to be answered": object(), "answered, and not heard": object()})
    qos._dirty.add("answered, and not heard")
    qos.restore_visible()
    assert given_out == ["answered, and not heard", "forgotten with a connection"]
    qos._dirty.add("still to be answered")
    given_out.clear()
    qos.restore_visible()
    assert given_out == FOUND
