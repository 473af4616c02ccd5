"""What bodies have in common, whatever moves them: actions, judgements, infos and native vectors."""
