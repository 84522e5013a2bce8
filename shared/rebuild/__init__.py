"""Makes a service's tables anew from the topics, beside the live ones, proves that both are equal, and puts the new ones in their place.

    certificate = await Rebuild(plan, environment, say).run()

1. A shadow schema is migrated, and filled by the service's own handlers from what Kafka holds; nothing is announced and nothing is sent.
   It has checkpoints of its own, so a rebuild that was killed goes on where it was.
2. A snapshot of the live schema is taken at one instant; the shadow is read to the very checkpoints of that snapshot; rows and digests of
   each table and partition are compared. This is the certificate.
3. The shadow is read to the end, and renamed into place in one transaction that holds the turn of every partition.
"""
