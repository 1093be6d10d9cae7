"""The box: takes ballots, promises them, publishes them. A small application of its own, which knows no Django.

    reading      the bytes of a request -> a ballot in its one spelling
    checking     may it be cast: credentials, voter's key, signature, sealed answer
    checks       the signatures of many at once, in a process `beside` the one that answers
    commits      many ballots, one transaction, one promise; an answer only once all of it is on the disk
    store        what is on the disk, in SQLite or PostgreSQL
    publication  the log as files, made from the store at any time
    app          the doors: voters', readers', and `control` for the registrar on the same machine

A ballot that waits has no number, no time and no neighbour. No request leaves a line anywhere.
"""
