// Each of these plays a whole mall on two cores: one at a time.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
