"""What has to be in force for a decision to count: the YAML files beside this are copies of manifests/admission."""
