"""What trainings share, whatever they teach: samples, a learning rate, a checkpoint."""
