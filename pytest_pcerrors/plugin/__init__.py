"""The pytest plugin: thin hooks, fixtures, and cassette items."""

MARKERS = {
    "pc_allow": (
        "pc_allow(rule, ..., reason=, code=None, status=None, url=None, path=None, until=None): "
        "allow violations of these rules in the test, with a reason"
    ),
    "pc_profile": "pc_profile(name): check the responses of the test under this profile",
    "pc_entries": "pc_entries(status=None, code=None): run the test once for each documented error, which is its pc_entry",
    "pc_mutants": (
        "pc_mutants(rule=None, status=None, code=None): run the test once for each way to break a rule, which is its pc_mutant"
    ),
    "pc_shapes": "pc_shapes(*names): run the test once for each observed shape, which is its pc_shape",
    "pc_cassette": "pc_cassette(name=None, record=None, also=()): answer the test's HTTP clients from a cassette of this name, then from others",
}
"""The markers, as ``pytest --markers`` lists them."""

MARKERS_OF_CASES = {"pc_entry": "pc_entries", "pc_mutant": "pc_mutants", "pc_shape": "pc_shapes"}
"""The fixtures of tests that run once for each of several cases, and the markers that select the cases."""
