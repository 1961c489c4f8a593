"""What is done with what people said: RQ jobs, the clock, the commands of operators.

`decisions` says what follows from a change, and does nothing; `settling` and `delivery` are the drains, which do;
`clockwork` brings what time alone brings; `gate`, `staff` and `desk` are what people do there, `operate` the commands.
`running` starts and ends it all on one machine. Here at the top is what they share.
"""
